import { useEntities } from "@daybook/shared/data/queries";
import { useNavigate, useParams } from "@tanstack/react-router";
import { ImportScreen } from "../features/import/ImportScreen";
import { Nowhere } from "./Nowhere";

export function ImportPlace() {
  const { entity: name } = useParams({ strict: false });
  const { data: entities } = useEntities();
  const entity = entities?.find((known) => known.name === name);
  const navigate = useNavigate();
  if (!entities) return null;
  if (!entity?.may_import) return <Nowhere />;
  const params = { entity: entity.name };
  return (
    <ImportScreen
      key={entity.name}
      entity={entity}
      onBack={() => void navigate({ to: "/list/$entity", params })}
      onOpen={(id) => void navigate({ to: "/list/$entity/$id", params: { ...params, id } })}
      onApprovals={() => void navigate({ to: "/approvals" })}
    />
  );
}
