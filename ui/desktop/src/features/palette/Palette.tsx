import { SearchOutlined } from "@ant-design/icons";
import { useEntities } from "@daybook/shared/data/queries";
import { useLabel } from "@daybook/shared/i18n/language";
import { KeyLayer, useKey } from "@daybook/shared/keys/Keyboard";
import { call } from "@daybook/shared/platform/call";
import { useQuery } from "@tanstack/react-query";
import { Input, Modal } from "antd";
import { Fragment, useDeferredValue, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Recent, useRecentTitles } from "@daybook/shared/data/recent";
import { type Entry, offered, step, withRecent } from "./entries";
import "./palette.css";

const RECORDS = 12;

/** One box for everything: go to a list, run a command, open a record. */
export function Palette({
  commands,
  recent,
  onRecord,
  onClose,
}: {
  commands: Entry[];
  /** What was opened last, while nothing is typed. */
  recent: Recent[];
  onRecord: (entity: string, id: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      title={<span className="only-heard">{t("palette.title")}</span>}
      footer={null}
      closable={false}
      width={640}
      className="palette"
      style={{ top: 72 }}
      onCancel={onClose}
    >
      <KeyLayer>
        <PaletteBody commands={commands} recent={recent} onRecord={onRecord} onClose={onClose} />
      </KeyLayer>
    </Modal>
  );
}

function PaletteBody({
  commands,
  recent,
  onRecord,
  onClose,
}: {
  commands: Entry[];
  recent: Recent[];
  onRecord: (entity: string, id: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { data: entities } = useEntities();
  const [text, setText] = useState("");
  const [index, setIndex] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const asked = useDeferredValue(text.trim());
  const { data: hits, isFetching } = useQuery({
    queryKey: ["palette", asked],
    queryFn: () => call("search", { text: asked, entity: null, limit: RECORDS }),
    enabled: asked !== "",
    placeholderData: (before) => before,
    staleTime: 0,
    gcTime: 30_000,
  });

  const records: Entry[] = (asked === "" ? [] : (hits ?? [])).map((hit) => {
    const entity = entities?.find((known) => known.name === hit.entity);
    return {
      id: `record ${hit.id}`,
      group: "records",
      label: hit.title,
      hint: [hit.key, entity ? label(entity.label) : ""].filter(Boolean).join(" · "),
      run: () => onRecord(hit.entity, hit.id),
    };
  });
  const opened = useRecentTitles(recent).map(({ entity: name, record }): Entry => {
    const entity = entities?.find((known) => known.name === name);
    return {
      id: `recent ${record.id}`,
      group: "recent",
      label: record.title,
      ...(entity ? { hint: label(entity.label) } : {}),
      run: () => onRecord(name, record.id),
    };
  });
  const entries = offered(
    text.trim() === "" ? withRecent(commands, opened) : commands,
    records,
    text,
  );
  const current = Math.min(index, Math.max(0, entries.length - 1));

  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  useKey("next", () => setIndex(step(current, 1, entries.length)));
  useKey("previous", () => setIndex(step(current, -1, entries.length)));
  useKey("open", () => run(entries[current]));
  useKey("palette", onClose);
  useKey("back", onClose);

  useEffect(() => {
    list.current?.querySelector(`[data-index="${current}"]`)?.scrollIntoView({ block: "nearest" });
  }, [current]);

  return (
    <div className="palette-body">
      <Input
        autoFocus
        size="large"
        variant="borderless"
        prefix={<SearchOutlined aria-hidden className="faint" />}
        placeholder={t("palette.placeholder")}
        role="combobox"
        aria-label={t("palette.title")}
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={entries[current] ? `palette-${current}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setIndex(0);
        }}
      />
      <div
        ref={list}
        id="palette-list"
        role="listbox"
        tabIndex={-1}
        aria-label={t("palette.title")}
        className="palette-list"
      >
        {entries.map((entry, at) => (
          <Fragment key={entry.id}>
            {entries[at - 1]?.group !== entry.group && (
              <div className="palette-group" role="presentation">
                {t(`palette.${entry.group}`)}
              </div>
            )}
            <PaletteEntry
              entry={entry}
              at={at}
              isCurrent={at === current}
              onPoint={() => setIndex(at)}
              onRun={() => run(entry)}
            />
          </Fragment>
        ))}
        {entries.length === 0 && (
          <p className="palette-none" role="status">
            {isFetching ? t("app.loading") : t("palette.none", { text: text.trim() })}
          </p>
        )}
      </div>
      <p className="palette-hint faint">{t("palette.hint")}</p>
    </div>
  );
}

function PaletteEntry({
  entry,
  at,
  isCurrent,
  onPoint,
  onRun,
}: {
  entry: Entry;
  at: number;
  isCurrent: boolean;
  onPoint: () => void;
  onRun: () => void;
}) {
  return (
    <button
      type="button"
      role="option"
      id={`palette-${at}`}
      data-index={at}
      tabIndex={-1}
      aria-selected={isCurrent}
      className="plain palette-entry"
      onMouseMove={onPoint}
      onClick={onRun}
    >
      <span>{entry.label}</span>
      {entry.hint && <span className="faint">{entry.hint}</span>}
      {entry.keys && <kbd>{entry.keys}</kbd>}
    </button>
  );
}
