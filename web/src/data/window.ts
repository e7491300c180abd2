// The rows of a table that are in the page: a run of keyset pages, of which only
// those near what is looked at hold their rows. A page whose rows were let go
// keeps its place and is asked for again by the cursor in front of it, so that
// scrolling back shows what was there without counting from the beginning.

import { signal } from "@preact/signals";
import { ApiError, type Cell, type Problem, type RowsPage } from "../api";

export interface Row {
  cells: Cell[];
  key: string[] | null;
  /** The key as one text; tells rows apart. */
  id: string;
}

interface Page {
  rows: Row[] | null;
  size: number;
  first: string | null;
  last: string | null;
}

export interface PageAsk {
  after?: string;
  before?: string;
  end?: boolean;
  at?: number;
  limit: number;
}

/** Where in all rows to begin: 0 is in front of the first, 1 behind the last. */
export type Place = number;

export interface WindowOptions {
  load: (ask: PageAsk, abort: AbortSignal) => Promise<RowsPage>;
  first?: number; // rows of the first page: few, so that it is there soon
  page?: number; // rows of the pages after it
  keep?: number; // pages that hold their rows
  most?: number; // rows that have a place; those in front of them are forgotten
}

/** What ran last, for the line at the bottom. */
export interface Ran {
  sql: string;
  ms: number;
  index: string | null;
  slow?: string | undefined;
}

export const idOf = (key: string[]): string => JSON.stringify(key);

export class RowWindow {
  /** Changes whenever rows came or went. */
  readonly version = signal(0);
  readonly busy = signal(false);
  readonly problem = signal<Problem | null>(null);
  readonly ran = signal<Ran | null>(null);
  /** More rows in front of the first, and behind the last. */
  front = false;
  back = false;
  /** There are more, but no cursor to ask for them by. */
  stuck = false;
  loadedOnce = false;
  columns: string[] = [];
  key: string[] | null = null;
  /** How many rows of an end that is fixed are counted: the number of row 0, if known. */
  origin: number | null = 0;
  /** Where it was opened. */
  place: Place = 0;
  /** Told when row 0 becomes another: by how many places all rows moved. */
  onShift: (by: number) => void = () => {};

  private pages: Page[] = [];
  private seen = { from: 0, to: 60 };
  private working = false;
  private abort = new AbortController();
  private readonly first: number;
  private readonly page: number;
  private readonly keep: number;
  private readonly most: number;

  constructor(private readonly options: WindowOptions) {
    this.first = options.first ?? 120;
    this.page = options.page ?? 400;
    this.keep = options.keep ?? 14;
    this.most = options.most ?? 400_000;
  }

  get total(): number {
    let n = 0;
    for (const p of this.pages) n += p.size;
    return n;
  }

  row(index: number): Row | null {
    let i = index;
    for (const p of this.pages) {
      if (i < p.size) return p.rows?.[i] ?? null;
      i -= p.size;
    }
    return null;
  }

  /** The place of a row that is loaded, or -1. */
  find(id: string): number {
    let at = 0;
    for (const p of this.pages) {
      const i = p.rows?.findIndex((r) => r.id === id) ?? -1;
      if (i >= 0) return at + i;
      at += p.size;
    }
    return -1;
  }

  /** Exchanges a row's cells, after it was committed or read again. */
  put(id: string, cells: Cell[], key: string[] | null): void {
    for (const p of this.pages) {
      const i = p.rows?.findIndex((r) => r.id === id) ?? -1;
      if (i >= 0) p.rows![i] = { cells, key, id: key ? idOf(key) : id };
    }
    this.version.value++;
  }

  /** Begins anew: at the start, at the end, or about somewhere in between. */
  async open(place: Place = 0): Promise<void> {
    const end = place === 1;
    const ask = end ? { end } : place > 0 ? { at: place } : {};
    this.abort.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.working = true;
    this.busy.value = true;
    this.problem.value = null;
    this.place = place;
    try {
      const got = await this.options.load({ limit: end ? this.page : this.first, ...ask }, signal);
      if (signal.aborted) return;
      this.pages = [this.toPage(got)];
      this.front = end ? got.more : place > 0;
      this.back = !end && got.more;
      this.stuck = this.front ? got.first === null : this.back && got.last === null;
      this.origin = place > 0 ? null : 0;
      this.columns = got.columns;
      this.key = got.key;
      this.seen = end ? { from: got.rows.length, to: got.rows.length } : { from: 0, to: 60 };
      this.loadedOnce = true;
      this.note(got);
    } catch (e) {
      if (signal.aborted) return;
      this.fail(e);
    } finally {
      if (!signal.aborted) {
        this.working = false;
        this.busy.value = false;
        this.version.value++;
      }
    }
  }

  /** Says which rows are looked at; what is missing is fetched. */
  look(from: number, to: number): void {
    this.seen = { from, to };
    void this.pump();
  }

  /** Gives up what is being read; the server ends the query. */
  stop(): void {
    this.abort.abort();
    this.working = false;
    this.busy.value = false;
    this.problem.value = { what: "reading the rows was stopped", next: "Try again, or ask for fewer: an index on what is filtered or sorted by makes it quick." };
    this.version.value++;
  }

  retry(): void {
    this.problem.value = null;
    this.abort = new AbortController();
    if (this.pages.length === 0) void this.open(this.place);
    else void this.pump();
  }

  close(): void {
    this.abort.abort();
  }

  private async pump(): Promise<void> {
    if (this.working || this.problem.value) return;
    const next = this.needed();
    if (!next) return;
    const { signal } = this.abort;
    this.working = true;
    this.busy.value = true;
    try {
      const got = await this.options.load(next.ask, signal);
      if (signal.aborted) return;
      next.take(got);
      this.note(got);
      this.letGo();
    } catch (e) {
      if (signal.aborted) return;
      this.fail(e);
    } finally {
      if (!signal.aborted) {
        this.working = false;
        this.busy.value = false;
        this.version.value++;
        void this.pump();
      }
    }
  }

  /** Rows that are fetched before they are looked at. */
  private ahead(): number {
    return Math.max(200, this.seen.to - this.seen.from);
  }

  private near(at: number, size: number): boolean {
    const ahead = this.ahead();
    return at < this.seen.to + ahead && at + size > this.seen.from - ahead;
  }

  private needed(): { ask: PageAsk; take: (got: RowsPage) => void } | null {
    const { from, to } = this.seen;
    const ahead = this.ahead();
    let at = 0;
    for (const [i, p] of this.pages.entries()) {
      if (!p.rows && this.near(at, p.size)) return this.again(i);
      at += p.size;
    }
    const last = this.pages.at(-1);
    if (this.back && last?.last && to + ahead >= at) {
      return {
        ask: { after: last.last, limit: this.page },
        take: (got) => {
          this.back = got.more;
          if (got.rows.length) this.pages.push(this.toPage(got));
          this.stuck = got.more && got.last === null;
        },
      };
    }
    const first = this.pages[0];
    if (this.front && first?.first && from < ahead) {
      return {
        ask: { before: first.first, limit: this.page },
        take: (got) => {
          this.front = got.more;
          if (!got.more) this.origin = 0;
          if (!got.rows.length) return;
          this.pages.unshift(this.toPage(got));
          this.move(got.rows.length);
        },
      };
    }
    return null;
  }

  /** How the rows of a page come back that were let go. */
  private again(i: number): { ask: PageAsk; take: (got: RowsPage) => void } {
    const p = this.pages[i]!;
    const before = this.pages[i - 1]?.last;
    const after = this.pages[i + 1]?.first;
    const where: Partial<PageAsk> = before ? { after: before } : !this.front ? {} : after ? { before: after } : { end: true };
    return {
      ask: { ...where, limit: Math.max(1, p.size) },
      take: (got) => {
        // Rows may have come or gone meanwhile; the places behind move with them.
        this.pages[i] = this.toPage(got);
        if (i === this.pages.length - 1 && !where.before && !where.end) this.back = got.more;
      },
    };
  }

  private letGo(): void {
    const middle = (this.seen.from + this.seen.to) / 2;
    const far: { p: Page; d: number }[] = [];
    let at = 0;
    let held = 0;
    for (const p of this.pages) {
      if (p.rows) held++;
      // What would be asked for again at once stays.
      if (p.rows && !this.near(at, p.size)) far.push({ p, d: Math.abs(at + p.size / 2 - middle) });
      at += p.size;
    }
    far.sort((a, b) => b.d - a.d);
    for (const { p } of far.slice(0, Math.max(0, held - this.keep))) p.rows = null;
    let forgotten = 0;
    while (this.total > this.most && this.pages.length > this.keep && !this.pages[0]!.rows) {
      forgotten += this.pages.shift()!.size;
      this.front = true;
    }
    if (forgotten) {
      if (this.origin !== null) this.origin += forgotten;
      this.move(-forgotten);
    }
  }

  private move(by: number): void {
    this.seen = { from: Math.max(0, this.seen.from + by), to: Math.max(0, this.seen.to + by) };
    this.onShift(by);
  }

  private toPage(got: RowsPage): Page {
    return {
      rows: got.rows.map((cells, i) => {
        const key = got.keys?.[i] ?? null;
        return { cells, key, id: key ? idOf(key) : `${got.first ?? ""}#${i}` };
      }),
      size: got.rows.length,
      first: got.first,
      last: got.last,
    };
  }

  private note(got: RowsPage): void {
    this.ran.value = { sql: got.sql, ms: got.ms, index: got.index, slow: got.slow };
  }

  private fail(e: unknown): void {
    this.problem.value = e instanceof ApiError ? e.problem : { what: String(e) };
  }
}
