import { type Account, keepAccount } from "@daybook/shared/platform/account";
import { at } from "@daybook/shared/data/queries";
import type { SignedIn } from "@daybook/shared/generated/contract";
import { call } from "@daybook/shared/platform/call";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { tidied } from "./account";

/** How a local copy whose keys are gone is dealt with; absent where there is none. */
export interface Rescue {
  code: string;
  setAside: boolean;
}

/** What is said besides: how a lost copy comes back, and that this is a copy of another. */
interface Said {
  rescue: Rescue | null;
  isCopy: boolean;
}

/** Signs in, and hands on what is told this once only. */
export function useSignIn(tell: (signedIn: SignedIn) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({
      account,
      password,
      rescue,
      isCopy,
    }: {
      account: Account;
      password: string;
    } & Said) => {
      const said = tidied(account);
      keepAccount(said);
      return call("sign_in", {
        ...said,
        password,
        recovery_code: rescue?.code.trim() || null,
        set_aside: rescue?.setAside ?? false,
        among_copies: isCopy ? "copy" : null,
      });
    },
    onSuccess: (signedIn) => {
      tell(signedIn);
      queries.setQueryData(at.status, signedIn.status);
      void queries.invalidateQueries({ queryKey: at.entities });
    },
  });
}
