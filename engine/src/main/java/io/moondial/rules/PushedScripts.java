package io.moondial.rules;

import io.moondial.config.Section;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/** The scripts that rules name without a trigger, because we begin their dialogs. */
public final class PushedScripts {
    private PushedScripts() {}

    /**
     * Refuses those for which there is no file.
     *
     * @param push the section that has them under {@code scripts}
     * @param folder that of the scripts
     * @param from where the files of a name are
     */
    public static void check(
            Section push, List<String> keys, Path folder, UnaryOperator<Path> from) {
        if (keys.isEmpty()) {
            return;
        }
        ScriptFolder scripts = ScriptFolder.list(folder, from.apply(folder));
        if (scripts.fault().isPresent()) {
            push.refuse("scripts", scripts.fault().get());
            return;
        }
        keys.stream()
                .filter(key -> !scripts.keys().contains(key))
                .forEach(key -> push.refuse("scripts", scripts.missing(key)));
    }
}
