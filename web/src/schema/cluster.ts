// Which tables belong together. A diagram of a hundred tables is readable when
// those that are about one thing stand beside each other, and most foreign keys
// are short.

export interface Tie {
  a: number;
  b: number;
  weight: number;
}

/** The most tables that stand in one group: what the eye takes in at once. */
export const groupMost = 14;

const word = /^[a-z0-9]+(?=[_\W]|$)/i;

/** The first word of a table's name: `skill` of `skill_versions` and of `skills`. */
export function firstWord(name: string): string {
  const w = (word.exec(name)?.[0] ?? name).toLowerCase();
  return w.length > 3 && w.endsWith("s") && !w.endsWith("ss") ? w.slice(0, -1) : w;
}

/**
 * How strongly tables pull at each other. A key to a table that half of all
 * tables point to (users, organizations) says little about what a table is
 * about; a key to one that few point to says much. So do names that begin alike.
 */
export function ties(tables: readonly { id: string; name: string; schema: string }[], links: readonly { from: string; to: string }[]): Tie[] {
  const at = new Map(tables.map((t, i) => [t.id, i]));
  const pointed = new Map<string, Set<string>>();
  const points = new Map<string, Set<string>>();
  for (const l of links) {
    if (l.from === l.to || !at.has(l.from) || !at.has(l.to)) continue;
    (pointed.get(l.to) ?? pointed.set(l.to, new Set()).get(l.to)!).add(l.from);
    (points.get(l.from) ?? points.set(l.from, new Set()).get(l.from)!).add(l.to);
  }
  const weights = new Map<string, Tie>();
  const add = (a: number, b: number, weight: number) => {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    const tie = weights.get(key);
    if (tie) tie.weight += weight;
    else weights.set(key, { a: Math.min(a, b), b: Math.max(a, b), weight });
  };
  for (const [to, from] of pointed) {
    for (const f of from) add(at.get(f)!, at.get(to)!, 2 / from.size ** 0.8 / Math.sqrt(points.get(f)!.size));
  }
  const families = new Map<string, number[]>();
  tables.forEach((t, i) => {
    const key = `${t.schema} ${firstWord(t.name)}`;
    families.set(key, [...(families.get(key) ?? []), i]);
  });
  for (const family of families.values()) {
    if (family.length < 2) continue;
    for (let i = 0; i < family.length; i++) {
      for (let j = i + 1; j < family.length; j++) add(family[i]!, family[j]!, 1.6 / (family.length - 1));
    }
  }
  return [...weights.values()].sort((x, y) => x.a - y.a || x.b - y.b);
}

/**
 * Groups by joining, again and again, the two groups whose joining raises
 * modularity most, as long as they stay small enough. The same input gives the
 * same groups. Returns lists of positions; those that nothing ties come last,
 * each alone.
 */
export function groups(n: number, all: readonly Tie[], most = groupMost): number[][] {
  const total = all.reduce((s, t) => s + t.weight, 0);
  if (total === 0) return Array.from({ length: n }, (_, i) => [i]);
  const pull = new Array<number>(n).fill(0);
  const between: Map<number, number>[] = Array.from({ length: n }, () => new Map());
  for (const t of all) {
    pull[t.a]! += t.weight;
    pull[t.b]! += t.weight;
    between[t.a]!.set(t.b, t.weight);
    between[t.b]!.set(t.a, t.weight);
  }
  const members: number[][] = Array.from({ length: n }, (_, i) => [i]);
  for (;;) {
    let best = 1e-9;
    let join: [number, number] | null = null;
    for (let a = 0; a < n; a++) {
      for (const [b, weight] of between[a]!) {
        if (b <= a || members[a]!.length + members[b]!.length > most) continue;
        const gain = weight / total - (pull[a]! * pull[b]!) / (2 * total * total);
        if (gain > best) {
          best = gain;
          join = [a, b];
        }
      }
    }
    if (!join) break;
    const [a, b] = join;
    members[a]!.push(...members[b]!);
    members[b] = [];
    pull[a]! += pull[b]!;
    for (const [c, weight] of between[b]!) {
      between[c]!.delete(b);
      if (c === a) continue;
      const sum = (between[a]!.get(c) ?? 0) + weight;
      between[a]!.set(c, sum);
      between[c]!.set(a, sum);
    }
    between[b]!.clear();
  }
  return members.filter((m) => m.length > 0).map((m) => m.sort((x, y) => x - y)).sort((x, y) => y.length - x.length || x[0]! - y[0]!);
}

/** What a group is called: the word that most of its tables begin with, else the table that most point to. */
export function groupName(names: readonly string[], pointedTo: readonly number[]): string {
  const count = new Map<string, number>();
  for (const n of names) count.set(firstWord(n), (count.get(firstWord(n)) ?? 0) + 1);
  const [first, times] = [...count].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]!;
  if (times * 2 > names.length) {
    const family = names.filter((n) => firstWord(n) === first);
    return family.find((n) => !n.includes("_")) ?? word.exec(family[0]!)?.[0] ?? first;
  }
  let top = 0;
  names.forEach((_, i) => {
    if (pointedTo[i]! > pointedTo[top]!) top = i;
  });
  return names[top]!;
}
