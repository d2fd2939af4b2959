package io.moondial.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.moondial.text.Alphabet.Ucs2;
import io.moondial.text.Gsm7.Septets;
import io.moondial.text.TextLength.Outsider;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A USSD string as it is on the wire: octets, and the data coding scheme that gives them meaning
 * (USSD-String and USSD-DataCodingScheme of 3GPP TS 29.002 17.7.4). Immutable.
 */
public final class UssdString {
    /** The most octets in a string: maxUSSD-StringLength of 3GPP TS 29.002 17.7.4. */
    public static final int MAX_OCTETS = 160;

    /** The same in ASCII and in the GSM 7-bit alphabet. */
    private static final byte ASTERISK = '*';

    private static final Pattern CODE_OR_NUMBER_AND_AT =
            Pattern.compile("(.*#|[0-9*+]+)@", Pattern.DOTALL);

    private static final int OCTETS_OF_EIGHT_SEPTETS = 7;
    private static final int LAST_SEPTET = 0xfe;
    private static final int LANGUAGE_SEPTETS = 3;
    private static final int LANGUAGE_OCTETS = 2;
    private static final Pattern LANGUAGE_CODE = Pattern.compile("[A-Za-z]{2}");

    private final Dcs dcs;
    private final byte[] octets;

    /**
     * A string of these octets, whether or not they make sense under the scheme.
     *
     * @param octets 0 to {@value #MAX_OCTETS}; none is outside the standard, yet comes from
     *     networks
     * @throws IllegalArgumentException if there are more
     */
    public UssdString(Dcs dcs, byte[] octets) {
        if (octets.length > MAX_OCTETS) {
            throw new IllegalArgumentException(
                    "a USSD string has at most " + MAX_OCTETS + " octets, not " + octets.length);
        }
        this.dcs = dcs;
        this.octets = octets.clone();
    }

    /**
     * A text as it is sent: under the preferred scheme if its alphabet has all characters of the
     * text, otherwise under {@link Dcs#UCS2}.
     *
     * @throws UnsendableText if the text is empty or too long, or no text is sent under the scheme
     */
    public static UssdString encode(String text, Dcs preferred) throws UnsendableText {
        Alphabet alphabet =
                preferred.coding().alphabet().orElseThrow(() -> UnsendableText.under(preferred));
        TextLength length = TextLength.of(text, alphabet);
        if (!length.fits()) {
            throw UnsendableText.ofLength(length);
        }
        Dcs dcs = length.alphabet() == alphabet ? preferred : Dcs.UCS2;
        return new UssdString(dcs, length.alphabet().encode(text));
    }

    /**
     * A text with a language code before it, as data coding schemes 16 (GSM 7-bit) and 17 (UCS2)
     * have it (3GPP TS 23.038 clause 5, coding group 0001).
     *
     * @param language two letters of ISO 639, which the receiver removes
     * @throws UnsendableText if the text is empty, does not fit after the code, or under 16 has a
     *     character that the alphabet lacks
     * @throws IllegalArgumentException if the language is not two characters of the GSM 7-bit
     *     alphabet, or the scheme another
     */
    public static UssdString afterLanguage(String language, String text, Dcs dcs)
            throws UnsendableText {
        if (language.length() != LANGUAGE_OCTETS || Gsm7.septets(language).length != 2) {
            throw new IllegalArgumentException("'" + language + "' is not a language code");
        }
        return switch (dcs.coding()) {
            case GSM7_AFTER_LANGUAGE -> {
                fitting(text, Alphabet.GSM7, LANGUAGE_SEPTETS);
                yield new UssdString(dcs, Alphabet.GSM7.encode(language + '\r' + text));
            }
            case UCS2_AFTER_LANGUAGE -> {
                fitting(text, Alphabet.UCS2, LANGUAGE_OCTETS / 2);
                byte[] code = Septets.pack(Gsm7.septets(language));
                byte[] octets = Arrays.copyOf(code, code.length + 2 * text.length());
                System.arraycopy(Ucs2.octets(text), 0, octets, code.length, 2 * text.length());
                yield new UssdString(dcs, octets);
            }
            case GSM7, OCTETS, UCS2, RESERVED, COMPRESSED, USER_DATA_HEADER, I1_PROTOCOL, WAP ->
                    throw new IllegalArgumentException(
                            "no language stands before text under " + dcs);
        };
    }

    private static void fitting(String text, Alphabet alphabet, int taken) throws UnsendableText {
        TextLength length = TextLength.of(text, alphabet);
        if (length.alphabet() != alphabet || length.units() + taken > length.limit()) {
            throw UnsendableText.afterLanguage(length, alphabet, alphabet.limit() - taken);
        }
        if (!length.fits()) {
            throw UnsendableText.ofLength(length);
        }
    }

    /**
     * The text, without a language code that stands before it; empty if there are no octets.
     *
     * <p>Two things are not undone, as the standard has it: a carriage return that ended the sent
     * text on an octet boundary is doubled (3GPP TS 23.038 6.1.2.3.1), and seven zero bits at the
     * end, from a sender that fills as for short messages, are an "@" (see {@link #decodeKeyed}).
     *
     * @throws UndecodableString if the scheme does not mean text that can be read, or the octets
     *     are not what it says
     */
    public String decode() throws UndecodableString {
        return switch (dcs.coding()) {
            // Clause 5: any reserved coding is assumed to be the GSM 7-bit default alphabet.
            case GSM7, RESERVED -> Gsm7.text(Septets.unpack(octets));
            case GSM7_AFTER_LANGUAGE -> Gsm7.text(afterLanguage(Septets.unpack(octets)));
            case OCTETS -> new String(octets, ISO_8859_1);
            case UCS2 -> ucs2(0);
            case UCS2_AFTER_LANGUAGE -> ucs2(Math.min(LANGUAGE_OCTETS, octets.length));
            case COMPRESSED, USER_DATA_HEADER, I1_PROTOCOL, WAP ->
                    throw UndecodableString.under(dcs);
        };
    }

    /**
     * The text of what was keyed on a phone: as {@link #decode}, but seven zero bits after a code
     * that ends with {@code #}, or after a number, are read as the filler that they are. Nobody has
     * keyed an "@" in that place.
     *
     * @throws UndecodableString as {@link #decode} does
     */
    public String decodeKeyed() throws UndecodableString {
        String text = decode();
        return endsInZeroSeptet() && CODE_OR_NUMBER_AND_AT.matcher(text).matches()
                ? text.substring(0, text.length() - 1)
                : text;
    }

    /** Eight septets fill seven octets: only there the last septet ends with the last octet. */
    private boolean endsInZeroSeptet() {
        return octets.length > 0
                && octets.length % OCTETS_OF_EIGHT_SEPTETS == 0
                && (octets[octets.length - 1] & LAST_SEPTET) == 0;
    }

    /**
     * The language of the text, by its code of ISO 639: that which stands before it, or which the
     * scheme names (3GPP TS 23.038 clause 5); empty: neither does.
     */
    public Optional<String> language() {
        return switch (dcs.coding()) {
            case GSM7_AFTER_LANGUAGE -> {
                byte[] septets = Septets.unpack(octets);
                yield afterLanguage(septets).length < septets.length
                        ? language(septets)
                        : Optional.empty();
            }
            case UCS2_AFTER_LANGUAGE ->
                    octets.length < LANGUAGE_OCTETS
                            ? Optional.empty()
                            : language(Septets.unpack(Arrays.copyOf(octets, LANGUAGE_OCTETS)));
            default -> dcs.language();
        };
    }

    private static Optional<String> language(byte[] septets) {
        String code = Gsm7.text(Arrays.copyOf(septets, 2));
        return LANGUAGE_CODE.matcher(code).matches()
                ? Optional.of(code.toLowerCase(Locale.ROOT))
                : Optional.empty();
    }

    /** If the CR that must end the language code is missing, everything is text. */
    private static byte[] afterLanguage(byte[] septets) {
        boolean present =
                septets.length >= LANGUAGE_SEPTETS
                        && septets[LANGUAGE_SEPTETS - 1] == Gsm7.CARRIAGE_RETURN;
        return present ? Arrays.copyOfRange(septets, LANGUAGE_SEPTETS, septets.length) : septets;
    }

    private String ucs2(int from) throws UndecodableString {
        if (octets.length % 2 != 0) {
            throw UndecodableString.oddUcs2(dcs, octets.length);
        }
        return Ucs2.text(octets, from);
    }

    /**
     * The octets with asterisks instead of some characters; all of them if the string cannot be
     * read.
     *
     * @param hidden the indices of those characters in the text
     */
    public byte[] masked(BitSet hidden) {
        return switch (dcs.coding()) {
            case GSM7, RESERVED -> maskedSeptets(hidden, 0);
            case GSM7_AFTER_LANGUAGE -> {
                byte[] septets = Septets.unpack(octets);
                yield maskedSeptets(hidden, septets.length - afterLanguage(septets).length);
            }
            case OCTETS -> maskedUnits(hidden, 0, 1);
            case UCS2 -> maskedUnits(hidden, 0, 2);
            case UCS2_AFTER_LANGUAGE ->
                    maskedUnits(hidden, Math.min(LANGUAGE_OCTETS, octets.length), 2);
            case COMPRESSED, USER_DATA_HEADER, I1_PROTOCOL, WAP -> mask(dcs, octets.length);
        };
    }

    private byte[] maskedSeptets(BitSet hidden, int from) {
        byte[] masked = octets.clone();
        byte[] septets = Septets.unpack(octets);
        int character = 0;
        for (int i = from; i < septets.length; i++) {
            boolean escaped = Gsm7.isEscaped(septets, i);
            if (hidden.get(character++)) {
                Septets.put(masked, i, ASTERISK);
                if (escaped) {
                    Septets.put(masked, i + 1, ASTERISK);
                }
            }
            if (escaped) {
                i++;
            }
        }
        return masked;
    }

    private byte[] maskedUnits(BitSet hidden, int from, int size) {
        byte[] masked = octets.clone();
        for (int i = from; i + size <= octets.length; i += size) {
            if (hidden.get((i - from) / size)) {
                masked[i] = 0;
                masked[i + size - 1] = ASTERISK;
            }
        }
        return masked;
    }

    /**
     * Octets that read as asterisks under a scheme, instead of as many that nobody may read.
     *
     * @param length 0 to {@value #MAX_OCTETS}
     */
    public static byte[] mask(Dcs dcs, int length) {
        byte[] mask = new byte[length];
        switch (dcs.coding()) {
            case UCS2, UCS2_AFTER_LANGUAGE -> {
                for (int i = 1; i < length; i += 2) {
                    mask[i] = ASTERISK;
                }
            }
            case GSM7, GSM7_AFTER_LANGUAGE, RESERVED, COMPRESSED, USER_DATA_HEADER -> {
                byte[] septets = new byte[length * 8 / 7];
                Arrays.fill(septets, ASTERISK);
                mask = Arrays.copyOf(Septets.pack(septets), length);
            }
            case OCTETS, I1_PROTOCOL, WAP -> Arrays.fill(mask, ASTERISK);
        }
        return mask;
    }

    /** The data coding scheme. */
    public Dcs dcs() {
        return dcs;
    }

    /** A copy of the octets. */
    public byte[] octets() {
        return octets.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UssdString that
                && dcs.equals(that.dcs)
                && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return 31 * dcs.hashCode() + Arrays.hashCode(octets);
    }

    /** The scheme and the size, never the content: it may be somebody's PIN. */
    @Override
    public String toString() {
        return "UssdString[dcs=" + dcs + ", " + octets.length + " octets]";
    }

    /** A text that no USSD string can carry; the message says why and what is allowed. */
    public static final class UnsendableText extends Exception {
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

        /**
         * A text that does not fit after a language code, or whose alphabet is not the scheme's.
         */
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

    /** A received USSD string that is not text that can be read; the message says why. */
    public static final class UndecodableString extends Exception {
        private static final long serialVersionUID = 1L;

        /** What is in the way. */
        public enum Reason {
            /**
             * The data coding scheme means something else than text, or text that is not read here.
             */
            UNKNOWN_ALPHABET,
            /** The octets are not what the data coding scheme says. */
            MALFORMED
        }

        private final Reason reason;

        private UndecodableString(Reason reason, String message) {
            super(message, null, false, false);
            this.reason = reason;
        }

        static UndecodableString under(Dcs dcs) {
            return new UndecodableString(
                    Reason.UNKNOWN_ALPHABET,
                    "a USSD string under data coding scheme %d (%s) cannot be read"
                            .formatted(dcs.octet(), dcs.coding().title()));
        }

        static UndecodableString oddUcs2(Dcs dcs, int octets) {
            return new UndecodableString(
                    Reason.MALFORMED,
                    "a USSD string under data coding scheme %d (%s) has %d octets, an odd number"
                            .formatted(dcs.octet(), dcs.coding().title(), octets));
        }

        /** What is in the way. */
        public Reason reason() {
            return reason;
        }
    }
}
