import { UnorderedListOutlined } from "@ant-design/icons";
import type { EntityView } from "@daybook/shared/generated/contract";
import { useLabel } from "@daybook/shared/i18n/language";
import { useArrival, useKey } from "@daybook/shared/keys/Keyboard";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { ListBar, type ListBarHandle } from "@daybook/shared/lists/ListBar";
import type { ListQuery } from "@daybook/shared/lists/pages";
import { failureOf } from "@daybook/shared/platform/call";
import { Button } from "antd";
import {
  type RefObject,
  useDeferredValue,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { ExportDialog } from "@daybook/shared/lists/ExportDialog";
import { Hint } from "@daybook/shared/hints/Hint";
import { AddFilter } from "@daybook/shared/lists/AddFilter";
import { FilterChips } from "@daybook/shared/lists/FilterChips";
import { type ShownFilter, withFilter } from "@daybook/shared/lists/filters";
import { ListBlank } from "@daybook/shared/lists/ListBlank";
import { MoreMenu } from "@daybook/shared/lists/MoreMenu";
import { linesOf } from "./tree";
import { type Branches, keptBranches, keepBranches } from "./memory";
import { TreeRows, type TreeRowsHandle } from "./TreeRows";
import { useMove } from "./useMove";
import { useHits, useTree } from "./useTree";
import "@daybook/shared/lists/list.css";
import "./tree.css";

/** The records of an entity below each other: open, close, find, move. */
export function TreeScreen({
  entity,
  parentField,
  covered,
  onOpen,
  onNew,
  onList,
  onDuplicates,
  onImport,
  step,
}: {
  entity: EntityView;
  parentField: string;
  covered: boolean;
  onOpen: (id: string) => void;
  onNew: () => void;
  onList: () => void;
  /** Shows the records that may be the same; absent where none are merged. */
  onDuplicates?: (() => void) | undefined;
  /** Leads to the import of a file; absent for who may not. */
  onImport?: (() => void) | undefined;
  /** Where the way to the next record is laid down, for the record that lies over the tree. */
  step?: RefObject<((by: 1 | -1) => void) | null>;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const bar = useRef<ListBarHandle>(null);
  const rows = useRef<TreeRowsHandle>(null);
  const [kept, setKept] = useState<Branches>(() => keptBranches(entity.name));
  const [exporting, setExporting] = useState(false);
  const { tree, error, again } = useTree(entity, parentField, kept.retired);
  const { move, moved, forget } = useMove(entity, parentField, tree);
  const change = (part: Partial<Branches>) =>
    setKept((before) => {
      const next = { ...before, ...part };
      keepBranches(entity.name, next);
      return next;
    });
  const addFilters = (filters: ShownFilter[]) =>
    change({ filters: filters.reduce(withFilter, kept.filters) });

  const search = useDeferredValue(kept.search);
  const query = useMemo<ListQuery>(
    () => ({
      entity: entity.name,
      search,
      filters: kept.filters.map(({ field, value, relation }) => ({ field, value, relation })),
      retired: kept.retired,
    }),
    [entity.name, search, kept.filters, kept.retired],
  );
  const isNarrowed = search.trim() !== "" || kept.filters.length > 0;
  const hits = useHits(query, isNarrowed);
  const lines = useMemo(() => {
    if (!tree || (isNarrowed && !hits)) return [];
    return linesOf(tree.roots, kept.open, hits ? ({ id }) => hits.has(id) : null);
  }, [tree, hits, isNarrowed, kept.open]);

  useImperativeHandle(step, () => (by) => {
    const at = lines.findIndex(({ node }) => node.record.id === kept.current);
    const next = lines[at + by]?.node.record.id;
    if (next === undefined) return;
    change({ current: next });
    onOpen(next);
  });

  useKey("asTree", onList, !covered);
  const arrive = useArrival();
  const wasCovered = useRef<boolean | null>(null);
  useEffect(() => {
    if (!covered && wasCovered.current === null) arrive(() => bar.current?.focus("end"));
    if (!covered && wasCovered.current === true) arrive(() => rows.current?.focus());
    wasCovered.current = covered;
  }, [arrive, covered]);

  const all = () => new Set([...(tree?.byId.values() ?? [])].map(({ record }) => record.id));
  const whole = tree?.byId.size ?? null;
  const total = isNarrowed ? (hits?.size ?? null) : whole;
  return (
    <div className="list">
      <ListBar
        ref={bar}
        entity={entity}
        active={!covered}
        text={kept.search}
        onText={(search) => change({ search })}
        onRows={() => rows.current?.focus()}
        onOpen={() => rows.current?.focus()}
        retired={kept.retired}
        onRetired={(retired) => change({ retired })}
        total={total}
        onNew={onNew}
        acts={
          <>
            <KeyTip name="asTree">
              <Button icon={<UnorderedListOutlined aria-hidden />} onClick={onList}>
                {t("tree.asList")}
              </Button>
            </KeyTip>
            <MoreMenu
              active={!covered}
              onExport={entity.may_export ? () => setExporting(true) : undefined}
              onImport={onImport}
              onDuplicates={onDuplicates}
            />
          </>
        }
      >
        <AddFilter entity={entity} proposed={() => null} active={!covered} onAdd={addFilters} />
        <Button onClick={() => change({ open: all() })}>{t("tree.openAll")}</Button>
        <Button onClick={() => change({ open: new Set() })}>{t("tree.closeAll")}</Button>
      </ListBar>
      {kept.filters.length > 0 && (
        <div className="list-chips" role="group" aria-label={t("list.filters")}>
          <FilterChips
            entity={entity}
            filters={kept.filters}
            onRemove={(filter) =>
              change({ filters: kept.filters.filter((known) => known !== filter) })
            }
          />
        </div>
      )}
      <section className="list-rows" aria-label={t("tree.rows", { plural: label(entity.plural) })}>
        {error && !tree && <FailureNote failure={failureOf(error)} onAgain={again} large />}
        {!error && lines.length === 0 && (
          <ListBlank
            entity={entity}
            state={{ total: tree && hits !== undefined ? 0 : null, failure: null }}
            search={kept.search}
            isNarrowed={isNarrowed}
            onNew={onNew}
            onImport={onImport}
            onClear={() => change({ search: "", filters: [] })}
          />
        )}
        {tree && lines.length > 0 && (
          <TreeRows
            ref={rows}
            entity={entity}
            parentField={parentField}
            tree={tree}
            lines={lines}
            current={kept.current}
            listening={!covered}
            onCurrent={(current) => change({ current })}
            onToggle={(id) => change({ open: toggled(kept.open, id) })}
            onOpen={onOpen}
            onMove={(node, to) => {
              move(node, to);
              // Where it went is shown.
              if (to !== null) change({ open: new Set([...kept.open, to]) });
            }}
            onType={(typed) => {
              change({ search: typed });
              bar.current?.focus("end");
            }}
          />
        )}
      </section>
      {exporting && (
        <ExportDialog
          entity={entity}
          query={query}
          sort={entity.key}
          columns={[]}
          count={total ?? 0}
          onClose={() => setExporting(false)}
        />
      )}
      {!covered && (
        <Hint place="tree" names={["open", "expand", entity.may_edit ? "indent" : "find"]} />
      )}
      {moved && (
        <div className={moved.done ? "tree-note" : "tree-note bad"} role="alert">
          <span>{moved.text}</span>
          {moved.done && (
            <Button size="small" onClick={moved.undo}>
              {t("tree.undo")}
            </Button>
          )}
          <Button size="small" type="text" onClick={forget}>
            {t("act.close")}
          </Button>
        </div>
      )}
    </div>
  );
}

function toggled(open: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(open);
  if (!next.delete(id)) next.add(id);
  return next;
}
