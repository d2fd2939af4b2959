package io.moondial.script;

import io.moondial.script.api.ScriptDialog;
import java.util.Map;
import java.util.function.Supplier;

/**
 * All that one run of a script needs.
 *
 * @param request what the script is called with: strings, numbers and secrets by name; what is
 *     absent is nil. It is asked for once, and not kept
 * @param instanceId the script's INSTANCE_ID
 * @param control the handle by which others end the run
 */
public record ScriptRun(
        Supplier<Map<String, Object>> request,
        ScriptDialog dialog,
        ScriptLimits limits,
        ScriptGlobals globals,
        String instanceId,
        ScriptServices services,
        ScriptControl control) {
    /**
     * A text that the script reads, and that is written as something else.
     *
     * @param mask what is written when the script writes exactly this value
     */
    public record Secret(String text, String mask) {}
}
