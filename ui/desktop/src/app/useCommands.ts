import { useEntities } from "@daybook/shared/data/queries";
import { LANGUAGES } from "@daybook/shared/format/locale";
import { startCatching } from "@daybook/shared/forms/catch";
import type { EntityView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useAwaitKey, usePress } from "@daybook/shared/keys/Keyboard";
import { keyText } from "@daybook/shared/keys/keymap";
import { THEMES, useLook } from "@daybook/shared/kit/Appearance";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Entry } from "../features/palette/entries";
import { useNaming } from "../features/palette/useNaming";
import { NEW } from "./ListPlace";
import { modulesOf } from "./modules";

/** All that can be done from anywhere, asked for as the palette opens. */
export function useCommands(acts: {
  sync: () => void;
  showKeys: () => void;
  signOut: () => void;
}): () => Entry[] {
  const { t } = useTranslation();
  const label = useLabel();
  const named = useNaming();
  const navigate = useNavigate();
  const place = useLocation({ select: (location) => location.pathname });
  const press = usePress();
  const awaitKey = useAwaitKey();
  const { language, choose: chooseLanguage } = useLanguage();
  const { choose: chooseTheme } = useLook();
  const { data: entities = [] } = useEntities();

  const places = (): Entry[] => [
    ...modulesOf(entities).flatMap(({ area, entities: lists }) =>
      lists.map((entity): Entry => ({
        id: `list ${entity.name}`,
        group: "goTo",
        ...named((_, say) => say(entity.plural)),
        hint: label(area),
        run: () => void navigate({ to: "/list/$entity", params: { entity: entity.name } }),
      })),
    ),
    {
      id: "home",
      group: "goTo",
      ...named((say) => say("home.title")),
      run: () => void navigate({ to: "/home" }),
    },
    {
      id: "attention",
      group: "goTo",
      ...named((say) => say("app.attention"), "attention"),
      run: () => void navigate({ to: "/attention" }),
    },
    {
      id: "approvals",
      group: "goTo",
      ...named((say) => say("approvals.title"), "approvals"),
      hint: t("approvals.menu"),
      run: () => void navigate({ to: "/approvals" }),
    },
    {
      id: "sync",
      group: "goTo",
      ...named((say) => say("app.syncPage"), "sync"),
      run: () => void navigate({ to: "/sync" }),
    },
    {
      id: "settings",
      group: "goTo",
      ...named((say) => say("app.settings"), "settings"),
      run: () => void navigate({ to: "/settings" }),
    },
  ];
  /** What the palette offers for each entity where the person may. */
  const ofEach = (
    may: (entity: EntityView) => boolean,
    entry: (entity: EntityView) => Omit<Entry, "group">,
  ): Entry[] => entities.filter(may).map((entity) => ({ group: "commands", ...entry(entity) }));
  const records = (): Entry[] => [
    ...ofEach(
      ({ may_create }) => may_create,
      (entity) => ({
        id: `new ${entity.name}`,
        ...named((say, of) => say("palette.newOf", { label: of(entity.label) }), "create"),
        run: () => {
          startCatching();
          void navigate({ to: "/list/$entity/$id", params: { entity: entity.name, id: NEW } });
        },
      }),
    ),
    ...ofEach(
      ({ may_merge }) => may_merge,
      (entity) => ({
        id: `duplicates ${entity.name}`,
        ...named((say, of) => say("duplicates.title", { plural: of(entity.plural) }), "duplicates"),
        hint: t("duplicates.open"),
        run: () => void navigate({ to: "/duplicates/$entity", params: { entity: entity.name } }),
      }),
    ),
    ...ofEach(
      ({ may_import }) => may_import,
      (entity) => ({
        id: `import ${entity.name}`,
        ...named((say, of) => say("import.title", { plural: of(entity.plural) }), "import"),
        run: () => void navigate({ to: "/import/$entity", params: { entity: entity.name } }),
      }),
    ),
    ...ofEach(
      ({ may_export }) => may_export,
      (entity) => ({
        id: `export ${entity.name}`,
        ...named((say, of) => say("export.title", { plural: of(entity.plural) }), "export"),
        run: () => {
          // Once the palette has let go of the keys and the cursor; elsewhere once the list is there.
          if (place === `/list/${entity.name}`) return void setTimeout(() => press("export"), 0);
          void navigate({ to: "/list/$entity", params: { entity: entity.name } });
          awaitKey("export");
        },
      }),
    ),
  ];
  const settings = (): Entry[] => [
    ...THEMES.map((theme): Entry => ({
      id: `theme ${theme}`,
      group: "commands",
      ...named((say) => `${say("app.theme")}: ${say(`app.themes.${theme}`)}`, "theme"),
      run: () => chooseTheme(theme),
    })),
    ...LANGUAGES.map((each): Entry => ({
      id: `language ${each}`,
      group: "commands",
      ...named((say) => `${say("app.language")}: ${say(`app.languages.${each}`)}`, each),
      run: () => chooseLanguage(each),
    })),
  ];
  return () => [
    ...places(),
    ...records(),
    {
      id: "sync now",
      group: "commands",
      ...named((say) => say("sync.now"), "sync"),
      keys: keyText("sync", language),
      run: acts.sync,
    },
    {
      id: "keys",
      group: "commands",
      ...named((say) => say("app.keys"), "keys"),
      keys: keyText("keys", language),
      run: acts.showKeys,
    },
    ...settings(),
    {
      id: "sign out",
      group: "commands",
      ...named((say) => say("app.signOut"), "signOut"),
      run: acts.signOut,
    },
  ];
}
