import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ControlProps } from "./form";

/** An entry being typed. It is known by its number: its key changes under the cursor. */
interface Line {
  number: number;
  key: string;
  text: string;
}

/** Texts by key, a line each. Lines without a key wait on the screen and are not part of the value. */
export function MapEditor({
  map,
  onCell,
  id,
  name,
  invalid,
}: ControlProps & { map: Record<string, string> }) {
  const { t } = useTranslation();
  const count = useRef(0);
  const [lines, setLines] = useState<Line[]>([]);
  const shown = says(lines, map) ? lines : linesOf(map);

  const put = (next: Line[]) => {
    setLines(next);
    const kept = next.filter((line) => line.key.trim() !== "");
    const value = Object.fromEntries(kept.map((line) => [line.key, line.text]));
    onCell(kept.length > 0 ? value : null);
  };
  const replace = (line: Line) =>
    put(shown.map((known) => (known.number === line.number ? line : known)));
  const add = () => {
    count.current += 1;
    // Below zero: never the number of an entry that came with the record.
    setLines([...shown, { number: -count.current, key: "", text: "" }]);
  };

  return (
    <fieldset className="map-editor" aria-label={name}>
      {shown.map((line) => (
        <div className="row" key={line.number}>
          <Input
            className="map-key"
            aria-label={t("record.key")}
            status={invalid ? "error" : ""}
            value={line.key}
            onChange={(event) => replace({ ...line, key: event.target.value })}
          />
          <Input
            aria-label={t("record.text")}
            value={line.text}
            onChange={(event) => replace({ ...line, text: event.target.value })}
          />
          <Button
            type="text"
            icon={<CloseOutlined aria-hidden />}
            // Tab goes from field to field; an entry without a key is none.
            tabIndex={-1}
            aria-label={t("record.removeEntry", { key: line.key })}
            onClick={() => put(shown.filter((known) => known !== line))}
          />
        </div>
      ))}
      <Button id={id} type="text" size="small" icon={<PlusOutlined aria-hidden />} onClick={add}>
        {t("record.addEntry")}
      </Button>
    </fieldset>
  );
}

function linesOf(map: Record<string, string>): Line[] {
  return Object.entries(map).map(([key, text], number) => ({
    number,
    key,
    text,
  }));
}

/** Whether the lines on the screen say the value, so that an outside change is noticed. */
function says(lines: Line[], map: Record<string, string>): boolean {
  const kept = lines.filter((line) => line.key.trim() !== "");
  return (
    new Set(kept.map((line) => line.key)).size === Object.keys(map).length &&
    kept.every((line) => kept.findLast((last) => last.key === line.key)?.text === map[line.key])
  );
}
