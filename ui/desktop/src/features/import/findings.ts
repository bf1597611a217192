import type { ImportNote, ImportProblem } from "@daybook/shared/generated/contract";

/** One thing that is wrong, with every line on which it is. */
export interface Finding {
  problem: ImportProblem;
  lines: number[];
}

/** The same fault of the same column and value is told once. */
export function gathered(problems: ImportProblem[]): Finding[] {
  const known = new Map<string, Finding>();
  for (const problem of problems) {
    const { column, field, rule, value, message } = problem;
    // A fault of a row's field has the row's id in its path, and another one in each line.
    const key = [column, field.replace(/\[[^\]]*\]/, ""), rule, value, message].join("\n");
    const finding = known.get(key);
    if (finding) finding.lines.push(problem.line);
    else known.set(key, { problem, lines: [problem.line] });
  }
  return [...known.values()];
}

/** Lines that follow each other as their first and last: 2, 3, 4, 9 → 2–4, 9. */
export function ranges(lines: number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last && line <= last[1] + 1) last[1] = line;
    else found.push([line, line]);
  }
  return found;
}

/** A record of the file that may be there already: which one it is like, and in which fields. */
export interface Double {
  line: number;
  title: string;
  /** The other one's key; empty where it has none. */
  key: string;
  /** Its id, to open it; empty where it is in the file itself. */
  id: string;
  /** Fields that agree, by their names. */
  fields: string[];
  count: number;
}

/** What is said of one row and one other record stands as one. */
export function doublesOf(notes: ImportNote[]): Double[] {
  const known = new Map<string, Double>();
  for (const { line, count, words } of notes) {
    const [title = "", fields = "", key = "", id = ""] = words;
    const place = [line, title, key, id].join("\n");
    const double = known.get(place) ?? { line, title, key, id, fields: [], count };
    double.fields.push(fields);
    double.count = Math.max(double.count, count);
    known.set(place, double);
  }
  return [...known.values()];
}
