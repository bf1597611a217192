import { TableOutlined } from "@ant-design/icons";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { Panel } from "@daybook/shared/kit/Panel";
import type { Density } from "@daybook/shared/lists/layout";
import type { GridHandle } from "@daybook/shared/lists/gridHandle";
import { Button, Checkbox, Radio } from "antd";
import { type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  grid: RefObject<GridHandle | null>;
  density: Density;
  onDensity: (density: Density) => void;
}

/** Which columns, how high the rows: remembered for the next time. */
export function ViewMenu(props: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Panel
      open={open}
      onOpen={setOpen}
      side="end"
      content={<ViewForm {...props} onClose={() => setOpen(false)} />}
    >
      <Button icon={<TableOutlined aria-hidden />} aria-expanded={open}>
        {t("list.columns")}
      </Button>
    </Panel>
  );
}

function ViewForm({ grid, density, onDensity, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const [columns, setColumns] = useState(() => grid.current?.columns() ?? []);
  useKey("back", onClose);
  const reread = () => setColumns(grid.current?.columns() ?? []);
  return (
    <div className="view-form">
      <Radio.Group
        aria-label={t("list.density")}
        optionType="button"
        size="small"
        value={density}
        options={[
          { value: "compact", label: t("list.compact") },
          { value: "comfortable", label: t("list.comfortable") },
        ]}
        onChange={(event) => onDensity(event.target.value)}
      />
      <fieldset className="view-columns" aria-label={t("list.columns")}>
        {columns.map((column) => (
          <Checkbox
            key={column.id}
            checked={column.shown}
            onChange={(event) => {
              grid.current?.showColumn(column.id, event.target.checked);
              reread();
            }}
          >
            {column.label}
          </Checkbox>
        ))}
      </fieldset>
      <Button
        size="small"
        onClick={() => {
          grid.current?.resetColumns();
          reread();
        }}
      >
        {t("list.columnsReset")}
      </Button>
    </div>
  );
}
