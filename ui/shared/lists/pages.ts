import type { IDatasource, SortModelItem } from "ag-grid-community";
import type { Filter, ListPage, ListRequest } from "../generated/contract";
import { call } from "../platform/call";

/** Rows fetched at a time. */
export const PAGE = 200;

/** What a list shows. */
export interface ListQuery {
  entity: string;
  search: string;
  filters: Filter[];
  retired: boolean;
}

export function requestOf(query: ListQuery, sort: string | null, offset: number): ListRequest {
  return {
    entity: query.entity,
    filters: query.filters,
    search: query.search.trim() === "" ? null : query.search.trim(),
    sort,
    offset,
    limit: PAGE,
    retired: query.retired,
  };
}

/** The grid's order in the engine's words: `-name,city` for the names from the end, and equal ones by city. */
export function sortOf(model: Pick<SortModelItem, "colId" | "sort">[]): string | null {
  const words = model.map(({ colId, sort }) => (sort === "desc" ? `-${colId}` : colId));
  return words.length === 0 ? null : words.join(",");
}

/**
 * Where the grid gets its rows. The first page is there already, so that a new search replaces the
 * rows in one stroke and never shows an empty grid in between.
 */
export function sourceOf(
  query: ListQuery,
  first: { page: ListPage; sort: string | null },
  hear: {
    page: (page: ListPage) => void;
    failed: (cause: unknown) => void;
    /** The first rows stand in the grid. */
    shown: () => void;
  },
): IDatasource {
  let ready: typeof first | null = first;
  return {
    getRows: (params) => {
      const sort = sortOf(params.sortModel);
      if (ready && params.startRow === 0 && ready.sort === sort) {
        params.successCallback(ready.page.records, ready.page.total);
        ready = null;
        hear.shown();
        return;
      }
      call("list", requestOf(query, sort, params.startRow)).then(
        (page) => {
          hear.page(page);
          params.successCallback(page.records, page.total);
        },
        (cause) => {
          hear.failed(cause);
          params.failCallback();
        },
      );
    },
  };
}
