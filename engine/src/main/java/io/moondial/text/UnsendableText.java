package io.moondial.text;

import io.moondial.text.TextLength.Outsider;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A text that no USSD string can carry; the message says why and what is allowed. */
public final class UnsendableText extends Exception {
    private static final long serialVersionUID = 1L;

    private UnsendableText(String message) {
        super(message, null, false, false);
    }

    static UnsendableText under(Dcs dcs) {
        return new UnsendableText(
                "no text is sent under data coding scheme %d (%s): use 0 to 15 (GSM 7-bit), 68 (8-bit) or 72 (UCS2)"
                        .formatted(dcs.octet(), dcs.coding().title()));
    }

    static UnsendableText ofLength(TextLength length) {
        return new UnsendableText(length.units() == 0 ? empty(length) : tooLong(length));
    }

    /** A text that does not fit after a language code, or whose alphabet is not the scheme's. */
    static UnsendableText afterLanguage(TextLength length, Alphabet wanted, int limit) {
        return new UnsendableText(
                "the text does not fit after a language code: %d %s of %s, %d %s of %s are allowed"
                        .formatted(
                                length.units(),
                                length.alphabet().unit(),
                                length.alphabet().title(),
                                limit,
                                wanted.unit(),
                                wanted.title()));
    }

    private static String empty(TextLength length) {
        return "the text is empty: 1 to %d %s are allowed (%s)"
                .formatted(length.limit(), length.alphabet().unit(), length.alphabet().title());
    }

    private static String tooLong(TextLength length) {
        return "the text is too long: %d %s, %d are allowed (%s)%s"
                .formatted(
                        length.units(),
                        length.alphabet().unit(),
                        length.limit(),
                        length.alphabet().title(),
                        reason(length.outsider()));
    }

    /** Named, not shown: an unexpected character is often invisible, or looks like another. */
    private static String reason(@Nullable Outsider outsider) {
        if (outsider == null) {
            return "";
        }
        Alphabet preferred = outsider.missingFrom();
        return "; character %d, U+%04X %s, is not in the %s alphabet (%d %s)"
                .formatted(
                        outsider.position(),
                        outsider.codePoint(),
                        name(outsider.codePoint()),
                        preferred.title(),
                        preferred.limit(),
                        preferred.unit());
    }

    private static String name(int codePoint) {
        return Objects.requireNonNullElse(Character.getName(codePoint), "(unassigned)");
    }
}
