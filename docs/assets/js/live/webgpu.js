// A network on the graphics processor: weights go up once, a picture goes up, all maps stay there
// from one operation to the next, and what the page reads comes down together at the end.

import { count } from "./program.js";
import { kernel } from "./webgpu-steps.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./network.js").Off} Off */
/** @typedef {import("./program.js").Program} Program */
/** @typedef {import("./webgpu-steps.js").Kernel} Kernel */

/** What a buffer is for, and how it is mapped: as the specification numbers it. */
const [MAP_READ, COPY_FROM, COPY_TO, UNIFORM, STORAGE] = [1, 4, 8, 64, 128];
const READ = 1;
const BYTES = 4; // of a number
/** @type {GPUErrorFilter[]} */
const ERRORS = ["validation", "out-of-memory", "internal"];

/**
 * An operation that is ready to run.
 * @typedef {object} Ready
 * @property {GPUComputePipeline} pipeline
 * @property {GPUBindGroup} bindings
 * @property {[number, number, number]} groups
 */

/** Where a map that is read lies in the buffer for reading, in numbers. @typedef {{map: number, at: number, length: number}} Part */

export class WebGPU {
  /**
   * The network on a device of `gpu`, or null: where there is no adapter, where its limits are too
   * small, or where anything of the network can't be made there.
   * @param {Network} network
   * @param {GPU | undefined} gpu
   */
  static async open({ program, shapes }, gpu) {
    try {
      const adapter = await gpu?.requestAdapter();
      const device = await adapter?.requestDevice();
      return device ? await built(device, program, shapes) : null;
    } catch {
      return null;
    }
  }

  /**
   * @param {GPUDevice} device
   * @param {Program} program
   * @param {number[][]} shapes
   * @param {(Kernel | null)[]} kernels
   * @param {Map<string, GPUComputePipeline>} pipelines by their code
   */
  constructor(device, program, shapes, kernels, pipelines) {
    this.device = device;
    this.program = program;
    this.parts = partsToRead(program, shapes);
    const usage = STORAGE | COPY_FROM | COPY_TO;
    this.buffers = shapes.map((shape) => device.createBuffer({ size: BYTES * count(shape), usage }));
    const size = BYTES * this.parts.reduce((sum, { length }) => sum + length, 0);
    this.reading = device.createBuffer({ size, usage: MAP_READ | COPY_TO });
    this.ready = kernels.map((one, number) => one && this.#bound(one, pipelines, number));
  }

  /**
   * @param {Kernel} kernel
   * @param {Map<string, GPUComputePipeline>} pipelines
   * @param {number} number of the operation
   * @returns {Ready}
   */
  #bound({ code, held, groups }, pipelines, number) {
    const pipeline = /** @type {GPUComputePipeline} */ (pipelines.get(code));
    const { sources, result } = this.program.operations[number];
    const buffers = [
      ...sources.map((source) => this.buffers[source]),
      ...held.map((numbers) => this.#uploaded(numbers)),
      this.buffers[result],
    ];
    const bindings = this.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    return { pipeline, bindings, groups };
  }

  /** @param {Kernel["held"][0]} numbers */
  #uploaded(numbers) {
    const size = BYTES * numbers.length;
    const buffer = this.device.createBuffer({ size, usage: STORAGE | UNIFORM | COPY_TO });
    this.device.queue.writeBuffer(buffer, 0, numbers);
    return buffer;
  }

  /**
   * As `Network.run`: from the input in `maps` those maps that are read, into `maps`; with `first`
   * from what the latest run left. Error where the device is lost or anything goes wrong; `maps`
   * are then as they were.
   * @param {Float32Array<ArrayBuffer>[]} maps
   * @param {Off} off
   * @param {number} first
   */
  async run(maps, off, first) {
    const { device, reading } = this;
    await watched(device, () => {
      if (first === 0) device.queue.writeBuffer(this.buffers[0], 0, maps[0]);
      device.queue.submit([this.#commands(off, first)]);
      return reading.mapAsync(READ);
    });
    const all = new Float32Array(reading.getMappedRange());
    for (const { map, at, length } of this.parts) maps[map].set(all.subarray(at, at + length));
    reading.unmap();
  }

  /** @param {Off} off @param {number} first */
  #commands(off, first) {
    const encoder = this.device.createCommandEncoder();
    /** @type {GPUComputePassEncoder | null} */
    let pass = null;
    const copies = () => {
      pass?.end();
      pass = null;
    };
    this.program.operations.forEach(({ sources, result, shape }, number) => {
      if (number < first) return;
      const ready = this.ready[number];
      const map = this.buffers[result];
      if (ready) {
        pass ??= encoder.beginComputePass();
        pass.setPipeline(ready.pipeline);
        pass.setBindGroup(0, ready.bindings);
        pass.dispatchWorkgroups(...ready.groups);
      } else {
        copies();
        let at = 0;
        for (const source of sources.map((one) => this.buffers[one])) {
          encoder.copyBufferToBuffer(source, 0, map, at, source.size);
          at += source.size;
        }
      }
      const channels = off.get(result) ?? [];
      if (channels.length) copies();
      const size = map.size / shape[0];
      for (const channel of channels) encoder.clearBuffer(map, channel * size, size);
    });
    copies();
    for (const { map, at, length } of this.parts) {
      encoder.copyBufferToBuffer(this.buffers[map], 0, this.reading, BYTES * at, BYTES * length);
    }
    return encoder.finish();
  }

  /** Gives back all that the device holds. */
  end() {
    this.device.destroy();
  }
}

/**
 * @param {GPUDevice} device
 * @param {Program} program
 * @param {number[][]} shapes
 */
async function built(device, program, shapes) {
  try {
    const kernels = program.operations.map((step) => kernel(step, shapes));
    if (!fits(device.limits, kernels, shapes, partsToRead(program, shapes))) {
      throw new Error("the device's limits are too small for the network");
    }
    const pipelines = await watched(device, () => compiled(device, kernels));
    return await watched(device, async () => new WebGPU(device, program, shapes, kernels, pipelines));
  } catch (error) {
    device.destroy();
    throw error;
  }
}

/**
 * The maps that are read: those of the layers, the classes, and what a pool looked at, since the
 * way back needs its switches.
 * @param {Program} program
 * @param {number[][]} shapes
 * @returns {Part[]}
 */
function partsToRead({ operations, maps, output }, shapes) {
  const pools = operations.filter(({ kind }) => kind.endsWith("max-pool"));
  const read = new Set([...maps, output, ...pools.map(({ sources }) => sources[0])]);
  let end = 0;
  return [...read].map((map) => {
    const length = count(shapes[map]);
    end += length;
    return { map, at: end - length, length };
  });
}

/**
 * Whether the device takes buffers and workgroups of those sizes.
 * @param {GPUSupportedLimits} limits
 * @param {(Kernel | null)[]} kernels
 * @param {number[][]} shapes
 * @param {Part[]} parts
 */
function fits(limits, kernels, shapes, parts) {
  const held = kernels.flatMap((one) => one?.held ?? []);
  const bound = BYTES * Math.max(...shapes.map(count), ...held.map(({ length }) => length));
  const read = BYTES * parts.reduce((sum, { length }) => sum + length, 0);
  const groups = Math.max(...kernels.flatMap((one) => one?.groups ?? []));
  return (
    bound <= limits.maxStorageBufferBindingSize &&
    Math.max(bound, read) <= limits.maxBufferSize &&
    groups <= limits.maxComputeWorkgroupsPerDimension
  );
}

/**
 * A pipeline for each program that is at work, by its code.
 * @param {GPUDevice} device
 * @param {(Kernel | null)[]} kernels
 */
async function compiled(device, kernels) {
  const codes = new Set(kernels.flatMap((one) => one?.code ?? []));
  const pipelines = [...codes].map(async (code) => {
    const module = device.createShaderModule({ code });
    const compute = { module };
    return device.createComputePipelineAsync({ layout: "auto", compute });
  });
  const made = await Promise.all(pipelines);
  return new Map([...codes].map((code, at) => [code, made[at]]));
}

/**
 * What some work on a device gives; Error where the device complains about it, which otherwise it
 * does to the console alone.
 * @template T
 * @param {GPUDevice} device
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function watched(device, work) {
  for (const kind of ERRORS) device.pushErrorScope(kind);
  const done = work();
  const told = ERRORS.map(() => device.popErrorScope());
  const [given, ...errors] = await Promise.all([done, ...told]);
  const error = errors.find(Boolean);
  if (error) throw new Error(error.message);
  return given;
}
