import { PlusOutlined, SearchOutlined, UnorderedListOutlined } from "@ant-design/icons";
import { formatCount } from "@daybook/shared/format/bytes";
import type { EntityView, RecordView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { isKey, keyText } from "@daybook/shared/keys/keymap";
import { Blank } from "@daybook/shared/kit/Blank";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { failureOf } from "@daybook/shared/platform/call";
import { fold } from "@daybook/shared/format/fold";
import { Button, Checkbox, Input, type InputRef, Skeleton } from "antd";
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
import { linesOf } from "./tree";
import { type Branches, keptBranches, keepBranches } from "./memory";
import { TreeRows, type TreeRowsHandle } from "./TreeRows";
import { useMove } from "./useMove";
import { useTree } from "./useTree";
import "./tree.css";

/** The records of an entity below each other: open, close, find, move. */
export function TreeScreen({
  entity,
  parentField,
  covered,
  onOpen,
  onNew,
  onList,
  step,
}: {
  entity: EntityView;
  parentField: string;
  covered: boolean;
  onOpen: (id: string) => void;
  onNew: () => void;
  onList: () => void;
  /** Where the way to the next record is laid down, for the record that lies over the tree. */
  step?: RefObject<((by: 1 | -1) => void) | null>;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language, locale } = useLanguage();
  const box = useRef<InputRef>(null);
  const rows = useRef<TreeRowsHandle>(null);
  const [kept, setKept] = useState<Branches>(() => keptBranches(entity.name));
  const [text, setText] = useState("");
  const [retired, setRetired] = useState(false);
  const { tree, error, again } = useTree(entity, parentField, retired);
  const { move, moved, forget } = useMove(entity, parentField, tree);
  const asked = useDeferredValue(text);
  const change = (part: Partial<Branches>) =>
    setKept((before) => {
      const next = { ...before, ...part };
      keepBranches(entity.name, next);
      return next;
    });

  const lines = useMemo(() => {
    if (!tree) return [];
    const words = fold(asked).split(/\s+/).filter(Boolean);
    const isHit = ({ title, fields }: RecordView) => {
      const said = fold(`${fields[entity.key] ?? ""} ${fields.code ?? ""} ${title}`);
      return words.every((word) => said.includes(word));
    };
    return linesOf(tree.roots, kept.open, words.length > 0 ? isHit : null);
  }, [tree, asked, kept.open, entity.key]);

  useImperativeHandle(step, () => (by) => {
    const at = lines.findIndex(({ node }) => node.record.id === kept.current);
    const next = lines[at + by]?.node.record.id;
    if (next === undefined) return;
    change({ current: next });
    onOpen(next);
  });

  const find = () => box.current?.focus({ cursor: "all" });
  useKey("find", find, !covered);
  useKey("create", onNew, !covered && entity.may_create);
  useKey("asTree", onList, !covered);
  const wasCovered = useRef<boolean | null>(null);
  useEffect(() => {
    if (!covered && wasCovered.current === null) box.current?.focus();
    if (!covered && wasCovered.current === true) rows.current?.focus();
    wasCovered.current = covered;
  }, [covered]);

  const all = () => new Set([...(tree?.byId.values() ?? [])].map(({ record }) => record.id));
  const total = tree?.byId.size ?? null;
  return (
    <div className="list">
      <header className="list-bar">
        <h1>{label(entity.plural)}</h1>
        <div role="search">
          <KeyTip name="find">
            <Input
              ref={box}
              className="list-search"
              prefix={<SearchOutlined aria-hidden className="faint" />}
              suffix={<kbd>{keyText("find", language)}</kbd>}
              aria-label={t("list.search", { plural: label(entity.plural) })}
              placeholder={t("list.search", { plural: label(entity.plural) })}
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                if (isKey("next", event) || isKey("open", event)) {
                  event.preventDefault();
                  rows.current?.focus();
                }
                if (isKey("back", event) && text) {
                  event.preventDefault();
                  setText("");
                }
              }}
            />
          </KeyTip>
        </div>
        <Button onClick={() => change({ open: all() })}>{t("tree.openAll")}</Button>
        <Button onClick={() => change({ open: new Set() })}>{t("tree.closeAll")}</Button>
        <Checkbox checked={retired} onChange={(event) => setRetired(event.target.checked)}>
          {t("list.retired")}
        </Checkbox>
        <span className="spread" />
        <span className="quiet list-total" role="status" aria-live="polite">
          {total === null
            ? t("list.loading")
            : t("list.total", { count: total, shown: formatCount(total, locale) })}
        </span>
        <KeyTip name="asTree">
          <Button icon={<UnorderedListOutlined />} onClick={onList}>
            {t("tree.asList")}
          </Button>
        </KeyTip>
        {entity.may_create && (
          <KeyTip name="create">
            <Button
              type="primary"
              icon={<PlusOutlined />}
              onClick={onNew}
              aria-label={t("act.newOf", { label: label(entity.label) })}
            >
              {t("act.new")}
            </Button>
          </KeyTip>
        )}
      </header>
      <section className="list-rows" aria-label={t("tree.rows", { plural: label(entity.plural) })}>
        {error && !tree && <FailureNote failure={failureOf(error)} onAgain={again} large />}
        {!tree && !error && (
          <div className="list-skeleton" role="status" aria-label={t("list.loading")}>
            <Skeleton active={false} title={false} paragraph={{ rows: 18, width: "100%" }} />
          </div>
        )}
        {tree && lines.length === 0 && (
          <Blank
            title={text ? t("list.none", { text: text.trim() }) : t("list.empty")}
            hint={text ? undefined : t("list.emptyHint")}
          >
            {text ? <Button onClick={() => setText("")}>{t("list.clear")}</Button> : null}
          </Blank>
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
              setText(typed);
              box.current?.focus({ cursor: "end" });
            }}
          />
        )}
      </section>
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
