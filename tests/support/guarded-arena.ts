// An arena that lays canaries around every buffer it hands out, and looks at them when a region is given back. A canary is a NaN with a
// mark: a kernel that writes beside its buffer changes the mark, and one that reads there gets a NaN, which spoils its result.

import { Arena, type GrowableMemory, type Region, type Slot } from "../../src/engine/arena.ts";

const CANARY = 0x7ff8_dead_beef_0001n;
/** Numbers between two buffers: more than any vector or panel of the kernels overlooks by one block. */
const GUARD = 64;

export class GuardedArena extends Arena {
  /** A sentence for each buffer beside which something was written. */
  readonly violations: string[] = [];
  /** Regions that have been handed out. */
  regions = 0;
  private readonly guarded: GrowableMemory;

  constructor(memory: GrowableMemory, base: number, limit: number) {
    super(memory, base, limit);
    this.guarded = memory;
  }

  override reserve<Names extends string>(purpose: string, lengths: Record<Names, number>): Region<Names> {
    const names = Object.keys(lengths) as Names[];
    const padded = names.flatMap((name) => [
      [` before ${name}`, GUARD],
      [name, lengths[name]],
    ]);
    const region = super.reserve(purpose, Object.fromEntries([...padded, [" after", GUARD]]));
    this.regions++;
    // Each guard goes from the end of a buffer, before its address is rounded up, to the start of the next.
    const all = Object.entries(region.slots as Record<string, Slot>);
    const guards = all.flatMap(([name, slot], i) => {
      if (!name.startsWith(" ")) return [];
      const start = i === 0 ? slot.address : (all[i - 1][1] as Slot).at(all[i - 1][1].length);
      const end = slot.at(slot.length);
      return [{ name, start, length: (end - start) / 8 }];
    });
    for (const { start, length } of guards) this.words(start, length).fill(CANARY);
    const { free } = region;
    return {
      slots: region.slots as Record<Names, Slot>,
      free: () => {
        for (const { name, start, length } of guards) {
          const place = this.words(start, length).findIndex((word) => word !== CANARY);
          if (place >= 0) this.violations.push(`${purpose}: number ${place} of the canaries${name} was overwritten`);
        }
        free();
      },
    };
  }

  /** Room that a limit must leave for canaries is not counted by those who predict it. */
  override require(): void {}

  private words(address: number, length: number): BigUint64Array {
    return new BigUint64Array(this.guarded.buffer, address, length);
  }
}
