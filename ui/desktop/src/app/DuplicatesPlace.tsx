import { useEntities } from "@daybook/shared/data/queries";
import { useNavigate, useParams } from "@tanstack/react-router";
import { DuplicatesScreen } from "../features/duplicates/DuplicatesScreen";
import { Nowhere } from "./Nowhere";

export function DuplicatesPlace() {
  const { entity: name } = useParams({ strict: false });
  const { data: entities } = useEntities();
  const entity = entities?.find((known) => known.name === name);
  const navigate = useNavigate();
  if (!entities) return null;
  if (!entity) return <Nowhere />;
  const params = { entity: entity.name };
  return (
    <DuplicatesScreen
      key={entity.name}
      entity={entity}
      onOpen={(id) => void navigate({ to: "/list/$entity/$id", params: { ...params, id } })}
      onApproval={(record) => void navigate({ to: "/approvals", search: { record } })}
      onBack={() => void navigate({ to: "/list/$entity", params })}
    />
  );
}
