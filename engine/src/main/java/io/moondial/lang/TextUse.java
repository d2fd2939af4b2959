package io.moondial.lang;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call of {@code t} in a script.
 *
 * @param key the text that it asks for
 * @param given the names of what it gives, if they are written out; null: that is not known
 * @param wrongCount how messages show what it gives as count, if that is written out and no number;
 *     null: it is not
 * @param inPages whether it is shown in pages, as many as are needed
 * @param isSure whether the script surely comes to it, and nothing catches its error
 */
public record TextUse(
        Path file,
        int line,
        int column,
        String key,
        @Nullable Set<String> given,
        @Nullable String wrongCount,
        boolean inPages,
        boolean isSure) {}
