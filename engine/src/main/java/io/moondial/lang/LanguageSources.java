package io.moondial.lang;

import org.jspecify.annotations.Nullable;

/**
 * What the language of a dialog may come from, beside its script and the subscriber.
 *
 * @param rule the language that the trigger names; null: it names none
 * @param request the language that the request's data coding scheme names, or that stands before
 *     its text; null: there is none
 */
public record LanguageSources(@Nullable String rule, @Nullable String request) {
    /** Nothing names one. */
    public static final LanguageSources NONE = new LanguageSources(null, null);
}
