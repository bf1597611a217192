import { DeleteOutlined, DownloadOutlined, PaperClipOutlined } from "@ant-design/icons";
import { formatBytes } from "@daybook/shared/format/bytes";
import type {
  AttachmentView,
  AttachSource,
  EntityView,
  FieldView,
  RecordView,
} from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { CallFailed, call, failureOf } from "@daybook/shared/platform/call";
import { useDropped } from "@daybook/shared/platform/useDropped";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { type ClipboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { contentOf, namedNow, TooLarge } from "./content";
import "./attachments.css";

/** The files of a record, below its form: one list for each field that holds some. */
export function Attachments({ entity, record }: { entity: EntityView; record: RecordView }) {
  const fields = entity.fields.filter(({ kind }) => kind.type === "attachments");
  const { data, error, refetch } = useQuery({
    queryKey: ["record", entity.name, record.id, "attachments"],
    queryFn: () => call("attachments", { entity: entity.name, id: record.id }),
    enabled: fields.length > 0,
  });
  if (fields.length === 0) return null;
  const mayEdit = entity.may_edit && !record.retired;
  return (
    <div className="files">
      {error && <FailureNote failure={failureOf(error)} onAgain={() => void refetch()} />}
      {fields.map((field) => (
        <Files
          key={field.name}
          entity={entity.name}
          id={record.id}
          field={field}
          files={(data ?? []).filter((file) => file.field === field.name)}
          mayEdit={mayEdit && field.writable}
        />
      ))}
    </div>
  );
}

function Files({
  entity,
  id,
  field,
  files,
  mayEdit,
}: {
  entity: string;
  id: string;
  field: FieldView;
  files: AttachmentView[];
  mayEdit: boolean;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const queries = useQueryClient();
  const box = useRef<HTMLElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const to = { entity, id, field: field.name };

  // One after the other: each changes the list that the next one is added to.
  const attach = useMutation({
    mutationFn: async (sources: (() => Promise<AttachSource>)[]) => {
      for (const source of sources) await call("attach", { to, source: await source() });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["record", entity] }),
  });
  const isOver = useDropped(box, mayEdit, (paths) =>
    attach.mutate(paths.map((path) => async () => ({ from: "file", path }))),
  );
  const take = (chosen: Iterable<File>) =>
    attach.mutate([...chosen].map((file) => () => contentOf(file)));
  const paste = (event: ClipboardEvent) => {
    if (!mayEdit || event.clipboardData.files.length === 0) return;
    event.preventDefault();
    const at = new Date();
    take([...event.clipboardData.files].map((file) => namedNow(file, at)));
  };
  // An empty list is worth its room only where something can be put in.
  if (files.length === 0 && !mayEdit) return null;

  const title = label(field.label);
  const failure = attach.error instanceof TooLarge ? null : attach.error;
  return (
    <section
      ref={box}
      className={isOver ? "files-box over" : "files-box"}
      aria-label={title}
      onPaste={paste}
    >
      <header>
        <h3>{title}</h3>
        {mayEdit && (
          <>
            <Button
              size="small"
              icon={<PaperClipOutlined aria-hidden />}
              loading={attach.isPending}
              onClick={() => picker.current?.click()}
            >
              {t("files.add")}
            </Button>
            <span className="faint">{t("files.hint")}</span>
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              aria-label={t("files.choose", { field: title })}
              onChange={({ target }) => {
                take(target.files ?? []);
                target.value = "";
              }}
            />
          </>
        )}
      </header>
      {attach.error instanceof TooLarge && (
        <p role="alert" className="files-alert">
          {t("files.tooLarge", { name: attach.error.message })}
        </p>
      )}
      {failure && <FailureNote failure={failureOf(failure)} />}
      {files.length > 0 && (
        <ul>
          {files.map((file) => (
            <Item key={file.hash} to={to} file={file} mayEdit={mayEdit} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Item({
  to,
  file,
  mayEdit,
}: {
  to: { entity: string; id: string; field: string };
  file: AttachmentView;
  mayEdit: boolean;
}) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const queries = useQueryClient();
  const { entity, id } = to;
  const changed = () => queries.invalidateQueries({ queryKey: ["record", entity] });
  const open = useMutation({
    mutationFn: () => call("open_attachment", { entity, id, hash: file.hash }),
    onSettled: changed,
  });
  const save = useMutation({
    mutationFn: () => call("save_attachment", { entity, id, hash: file.hash, path: null }),
    onSettled: changed,
  });
  const remove = useMutation({
    mutationFn: () => call("detach", { to, hash: file.hash }),
    onSettled: changed,
  });
  const failed = [open, save, remove].find(({ error }) => error instanceof CallFailed);
  return (
    <li>
      <Button
        type="link"
        className="files-name"
        title={t("files.open", { name: file.name })}
        loading={open.isPending}
        onClick={() => open.mutate()}
      >
        {file.name}
      </Button>
      <span className="files-size">{formatBytes(file.size, locale)}</span>
      <span className={`files-state ${file.state}`}>{t(`files.state.${file.state}`)}</span>
      <span className="files-acts">
        <Button
          size="small"
          type="text"
          icon={<DownloadOutlined aria-hidden />}
          aria-label={t("files.save", { name: file.name })}
          title={t("files.save", { name: file.name })}
          loading={save.isPending}
          onClick={() => save.mutate()}
        />
        {mayEdit && (
          <Button
            size="small"
            type="text"
            icon={<DeleteOutlined aria-hidden />}
            aria-label={t("files.remove", { name: file.name })}
            title={t("files.remove", { name: file.name })}
            loading={remove.isPending}
            onClick={() => remove.mutate()}
          />
        )}
      </span>
      {save.data && (
        <p role="status" className="files-said">
          {t("files.saved", { path: save.data.path })}
        </p>
      )}
      {failed?.error && <FailureNote failure={failureOf(failed.error)} />}
    </li>
  );
}
