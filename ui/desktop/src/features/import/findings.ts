import type { ImportProblem } from "@daybook/shared/generated/contract";

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
