package io.moondial.lang;

import io.moondial.config.Key;
import io.moondial.config.Schema;
import io.moondial.config.Settings;
import org.jspecify.annotations.Nullable;

/**
 * Which language a dialog has, and how large the files of texts may be: the section {@code texts}
 * of the rules file.
 *
 * @param bucket null: no store is asked
 * @param maxFile octets of one file
 * @param maxKeys texts of one file
 * @param maxLength of one text, in UTF-16 units
 */
@Settings(
        "Texts in languages: the files lang/LANGUAGE.yaml in the script folder, such as lang/sw.yaml. engine/docs/texts.md explains them, and in which order the language of a dialog is chosen.")
public record TextSettings(
        @Key(
                        value =
                                "The language of a dialog for which nothing else names one. If a text is missing in another language, the text of this language is shown.",
                        unset = "en",
                        matches = TextSettings.LANGUAGE,
                        allowed = TextSettings.LANGUAGE_ALLOWED)
                String defaultLanguage,
        @Key(
                        value =
                                "The bucket of kv that has the languages that subscribers have chosen, each under the subscriber's number. t.keep writes there.",
                        unsetIs = "no store is asked",
                        example = "language",
                        matches = "[A-Za-z][A-Za-z0-9_.-]{0,63}",
                        allowed =
                                "a bucket: a letter, then up to 63 of letters, digits, _, . and -")
                @Nullable String bucket,
        @Key(value = "The size of one file of texts.", unset = "256KiB", from = "1B", to = "16MiB")
                int maxFile,
        @Key(
                        value = "How many languages a script folder may have.",
                        unset = "50",
                        from = "1",
                        to = "1000")
                int maxLanguages,
        @Key(value = "How many texts one file may have.", unset = "5000", from = "1", to = "100000")
                int maxKeys,
        @Key(
                        value =
                                "How long one text may be, in characters. An emoji counts as two. What fits a screen is much less, and check warns of it.",
                        unset = "4000",
                        from = "1",
                        to = "65536")
                int maxLength) {
    /** Names of languages, as of BCP 47: a language of ISO 639, perhaps with a script or region. */
    public static final String LANGUAGE = "[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}";

    /** The same in words. */
    public static final String LANGUAGE_ALLOWED =
            "the name of a language: two or three small letters of ISO 639, such as sw, perhaps with a script or a region, such as pt-BR";

    /** The defaults. */
    public static final TextSettings DEFAULTS = Schema.of(TextSettings.class).defaults();
}
