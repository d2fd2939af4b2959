package io.moondial.logic;

import io.moondial.channel.Opening;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A service: it claims dialogs that begin in its way and match one of its triggers. It is
 * immutable: a change of rules or scripts is another service in its place.
 */
public sealed interface LuaService permits ProcessUssdLuaService, UssdNotifyLuaService {
    /** What its dialogs begin with. */
    Opening.Kind kind();

    /** Claims a dialog; empty where no trigger matches. */
    Optional<Claim> claim(Opening opening);

    /**
     * What of the text that begins a dialog must not be shown while it is not known which trigger
     * matches.
     *
     * @param text null where it cannot be read; then any index hides all of it
     * @param msisdn the digits of the subscriber's number; null where the request has none
     * @return the indices of the characters
     */
    BitSet hidden(@Nullable String text, @Nullable String msisdn);

    /** Its scripts, in the order of its triggers. */
    List<ScriptStatus> scripts();
}
