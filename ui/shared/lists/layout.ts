import type { ColumnState } from "ag-grid-community";
import { forget, remember, remembered } from "../platform/memory";

/** Row heights in pixels: 26 rows fit a window of 1280 × 800 when compact, 20 when comfortable. */
export const ROW_HEIGHT = { compact: 24, comfortable: 32 } as const;
export type Density = keyof typeof ROW_HEIGHT;
export const DENSITIES: readonly Density[] = ["compact", "comfortable"];

export function rememberedDensity(): Density {
  return remembered<Density>("density") ?? "compact";
}

export function rememberDensity(density: Density): void {
  remember("density", density);
}

const placeOf = (entity: string) => `columns.${entity}`;

/** The person's columns of an entity: which, how wide, in which order, sorted by what. */
export function rememberedColumns(entity: string): ColumnState[] | null {
  return remembered<ColumnState[]>(placeOf(entity));
}

export function rememberColumns(entity: string, columns: ColumnState[]): void {
  const kept = columns.map(({ colId, hide, width, flex, sort, sortIndex }) => ({
    colId,
    hide,
    width,
    // A column that was given a width by hand shares the room no more.
    flex,
    sort,
    sortIndex,
  }));
  remember(placeOf(entity), kept);
}

export function forgetColumns(entity: string): void {
  forget(placeOf(entity));
}
