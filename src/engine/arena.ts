// Memory of the module, handed out in regions. A computation says at once all it needs and gets one region or a refusal
// before it starts; regions of computations that run side by side lie side by side. Growing the memory detaches every
// view of it, so views are made afresh when they are asked for.

import type { Address } from "./kernels.ts";

const PAGE = 65536;
const ALIGNMENT = 64;

/** What the arena needs of a WebAssembly.Memory; tests pass a mock. */
export interface GrowableMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Memory that the machine did not give, though it was within the limit: another thread or a later time may get it. */
export class MemoryRefusal extends RangeError {}

/** Bytes in words a person reads: "1.5 GiB". */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(4)} ${units[unit]}`;
}

/** `length` float64 numbers at a fixed address. */
export class Slot {
  readonly address: Address;
  readonly length: number;
  private readonly memory: GrowableMemory;
  private cached: Float64Array | undefined;

  constructor(memory: GrowableMemory, address: Address, length: number) {
    this.memory = memory;
    this.address = address;
    this.length = length;
  }

  /** The numbers themselves; not to be kept across anything that may grow the memory. */
  get view(): Float64Array {
    // Growth leaves the old view with length 0; asking the memory for its buffer would take longer than small kernels do.
    if (!this.cached?.length) this.cached = new Float64Array(this.memory.buffer, this.address, this.length);
    return this.cached;
  }

  /** The same bytes as float32 numbers, two an element; like `view`, not to be kept. */
  get singles(): Float32Array {
    return new Float32Array(this.memory.buffer, this.address, 2 * this.length);
  }

  /** The same bytes as 32-bit words, two an element. */
  get words(): Uint32Array {
    return new Uint32Array(this.memory.buffer, this.address, 2 * this.length);
  }

  /** The same bytes as signed bytes, eight an element. */
  get bytes(): Int8Array {
    return new Int8Array(this.memory.buffer, this.address, 8 * this.length);
  }

  /** So many elements from one on; its address should be a multiple of 16. */
  part(first: number, length: number): Slot {
    return new Slot(this.memory, this.at(first), length);
  }

  /** Address of element `index`. */
  at(index: number): Address {
    return this.address + 8 * index;
  }
}

/** Named slots that are taken and given back together. */
export interface Region<Names extends string> {
  slots: Record<Names, Slot>;
  free(): void;
}

/** Bytes that a region of so many float64 numbers a name takes. */
export function regionBytes(lengths: Record<string, number>): number {
  return Object.values(lengths).reduce((sum, length) => sum + align(8 * length), 0);
}

/** First-fit allocator over a growable memory, from `base` up to `limit` bytes in all. */
export class Arena {
  private readonly memory: GrowableMemory;
  private readonly base: number;
  private readonly limit: number;
  /** Regions in use, ascending, as [start, end). */
  private taken: { start: number; end: number }[] = [];

  constructor(memory: GrowableMemory, base: number, limit: number) {
    this.memory = memory;
    this.base = align(base);
    this.limit = limit;
  }

  /** Bytes now handed out. */
  get bytesInUse(): number {
    return this.taken.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /**
   * One region of zeros with `lengths[name]` float64 numbers for each name.
   * @throws RangeError where the memory would grow above the limit, with the need in bytes.
   */
  reserve<Names extends string>(purpose: string, lengths: Record<Names, number>): Region<Names> {
    const bytes = regionBytes(lengths);
    const block = this.take(purpose, bytes);
    new Uint8Array(this.memory.buffer, block.start, bytes).fill(0);
    const slots = {} as Record<Names, Slot>;
    let address = block.start;
    for (const name of Object.keys(lengths) as Names[]) {
      slots[name] = new Slot(this.memory, address, lengths[name]);
      address += align(8 * lengths[name]);
    }
    return {
      slots,
      free: () => {
        this.taken = this.taken.filter((other) => other !== block);
      },
    };
  }

  /**
   * Refuses a computation that will reserve `bytes` in all (a sum of regionBytes) before it starts.
   * @throws RangeError as `reserve`.
   */
  require(purpose: string, bytes: number): void {
    this.checkLimit(purpose, bytes, this.base + this.bytesInUse);
  }

  private checkLimit(purpose: string, bytes: number, start: number): void {
    const end = start + bytes;
    if (end <= this.limit) return;
    throw new RangeError(
      `memoryLimitBytes must be at least ${end} for ${purpose}: it needs ${bytes} bytes (${formatBytes(bytes)}) beside ${formatBytes(start)} already in use; got ${this.limit} (${formatBytes(this.limit)})`,
    );
  }

  private take(purpose: string, bytes: number): { start: number; end: number } {
    let start = this.base;
    let index = 0;
    while (index < this.taken.length && this.taken[index].start - start < bytes) start = this.taken[index++].end;
    this.checkLimit(purpose, bytes, start);
    const end = start + bytes;
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / PAGE);
    if (missing > 0) this.grow(purpose, bytes, missing);
    const block = { start, end };
    this.taken.splice(index, 0, block);
    return block;
  }

  private grow(purpose: string, bytes: number, pages: number): void {
    try {
      this.memory.grow(pages);
    } catch (cause) {
      throw new MemoryRefusal(
        `the machine refused the memory for ${purpose}: ${formatBytes(bytes)} (${bytes} bytes); take fewer or narrower networks`,
        { cause },
      );
    }
  }
}
