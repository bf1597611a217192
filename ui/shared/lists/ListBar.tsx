import { PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input, type InputRef } from "antd";
import { type ReactNode, type Ref, useCallback, useImperativeHandle, useRef } from "react";
import { useTranslation } from "react-i18next";
import { formatCount } from "../format/bytes";
import type { EntityView } from "../generated/contract";
import { useLabel, useLanguage } from "../i18n/language";
import { useKey } from "../keys/Keyboard";
import { isKey, keyText } from "../keys/keymap";
import { KeyTip } from "../kit/KeyTip";

export interface ListBarHandle {
  focus: (cursor: "all" | "end") => void;
}

/** What stands above the records of an entity, in whatever form they are shown: find, narrow, count, new. */
export function ListBar({
  ref,
  entity,
  active,
  text,
  onText,
  onRows,
  onOpen,
  retired,
  onRetired,
  total,
  onNew,
  children,
  acts,
}: {
  ref: Ref<ListBarHandle>;
  entity: EntityView;
  /** Nothing lies over the records: keys are theirs. */
  active: boolean;
  text: string;
  onText: (text: string) => void;
  /** Puts the cursor into the records. */
  onRows: () => void;
  onOpen: () => void;
  retired: boolean;
  onRetired: (retired: boolean) => void;
  /** How many records are shown; `null` while that is not known. */
  total: number | null;
  onNew: () => void;
  /** What narrows or changes what is shown. */
  children?: ReactNode;
  /** What is done with what is shown. */
  acts?: ReactNode;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language, locale } = useLanguage();
  const box = useRef<InputRef>(null);
  const find = useCallback(() => box.current?.focus({ cursor: "all" }), []);
  useImperativeHandle(ref, () => ({ focus: (cursor) => box.current?.focus({ cursor }) }), []);
  useKey("find", find, active);
  useKey("create", onNew, active && entity.may_create);
  const name = t("list.search", { plural: label(entity.plural) });
  return (
    <header className="list-bar">
      <h1>{label(entity.plural)}</h1>
      <div role="search">
        <KeyTip name="find">
          <Input
            ref={box}
            className="list-search"
            prefix={<SearchOutlined aria-hidden className="faint" />}
            suffix={<kbd>{keyText("find", language)}</kbd>}
            aria-label={name}
            placeholder={name}
            value={text}
            onChange={(event) => onText(event.target.value)}
            onKeyDown={(event) => {
              if (isKey("next", event)) {
                event.preventDefault();
                onRows();
              }
              if (isKey("open", event)) {
                event.preventDefault();
                onOpen();
              }
              if (isKey("back", event) && text) {
                event.preventDefault();
                onText("");
              }
            }}
          />
        </KeyTip>
      </div>
      {children}
      <Checkbox checked={retired} onChange={(event) => onRetired(event.target.checked)}>
        {t("list.retired")}
      </Checkbox>
      <span className="spread" />
      <span className="quiet list-total" role="status" aria-live="polite">
        {total === null
          ? t("list.loading")
          : t("list.total", { count: total, shown: formatCount(total, locale) })}
      </span>
      {acts}
      {entity.may_create && (
        <KeyTip name="create">
          <Button
            type="primary"
            icon={<PlusOutlined aria-hidden />}
            onClick={onNew}
            aria-label={t("act.newOf", { label: label(entity.label) })}
          >
            {t("act.new")}
          </Button>
        </KeyTip>
      )}
    </header>
  );
}
