package io.moondial.text;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A data coding scheme of a USSD string: one octet, coded as for cell broadcast (3GPP TS 23.038
 * V18.0.0 clause 5; that of short messages, clause 4, is another).
 *
 * @param octet 0 to 255
 */
public record Dcs(int octet) {
    /** GSM 7-bit text without a language: 0x0F. */
    public static final Dcs UNSPECIFIED = gsm7(0x0F);

    /** UCS2 text, uncompressed, without a message class: 0x48. */
    public static final Dcs UCS2 = new Dcs(0x48);

    /** Coding group 0000. */
    private static final String[] LANGUAGES = {
        "de", "en", "it", "fr", "es", "nl", "sv", "da", "pt", "fi", "no", "el", "tr", "hu", "pl"
    };

    /** Coding group 0010. */
    private static final String[] MORE_LANGUAGES = {"cs", "he", "ar", "ru", "is"};

    public Dcs {
        if (octet < 0 || octet > 0xFF) {
            throw new IllegalArgumentException("a data coding scheme is 0 to 255, not " + octet);
        }
    }

    /**
     * GSM 7-bit text in one of the languages of the first coding group.
     *
     * @param language 0 to 15: 0 German, 1 English, ... 14 Polish, 15 unspecified
     */
    public static Dcs gsm7(int language) {
        if (language < 0 || language > 0x0F) {
            throw new IllegalArgumentException(
                    "the language of a data coding scheme is 0 to 15, not " + language);
        }
        return new Dcs(language);
    }

    /**
     * The language that the scheme itself names, by its code of ISO 639-1; empty: it names none, or
     * the language stands before the text (see {@link UssdString#language}).
     */
    public Optional<String> language() {
        int group = octet >> 4;
        String[] languages = group == 0 ? LANGUAGES : group == 2 ? MORE_LANGUAGES : new String[0];
        return lowBits() < languages.length ? Optional.of(languages[lowBits()]) : Optional.empty();
    }

    /** What the octets of a string under this scheme are. */
    public Coding coding() {
        return switch (octet >> 4) {
            case 0b0000 -> Coding.GSM7;
            case 0b0001 -> languageInText();
            // Czech, Hebrew, Arabic, Russian, Icelandic; the rest is for languages to come.
            case 0b0010 -> lowBits() <= 4 ? Coding.GSM7 : Coding.RESERVED;
            case 0b0100, 0b0101 -> generalCoding();
            case 0b0110, 0b0111 -> Coding.COMPRESSED;
            case 0b1001 -> Coding.USER_DATA_HEADER;
            case 0b1101 -> Coding.I1_PROTOCOL;
            case 0b1110 -> Coding.WAP;
            case 0b1111 -> messageHandling();
            // 0011, 1000, 1010 to 1100
            default -> Coding.RESERVED;
        };
    }

    private Coding languageInText() {
        return switch (lowBits()) {
            case 0 -> Coding.GSM7_AFTER_LANGUAGE;
            case 1 -> Coding.UCS2_AFTER_LANGUAGE;
            default -> Coding.RESERVED;
        };
    }

    /** Bits 3 and 2 are the character set; bits 1 and 0 at most a message class. */
    private Coding generalCoding() {
        return switch (lowBits() >> 2) {
            case 0b00 -> Coding.GSM7;
            case 0b01 -> Coding.OCTETS;
            case 0b10 -> Coding.UCS2;
            default -> Coding.RESERVED;
        };
    }

    /** Bit 3 is reserved, bit 2 the character set, bits 1 and 0 the message class. */
    private Coding messageHandling() {
        return switch (lowBits() >> 2) {
            case 0b00 -> Coding.GSM7;
            case 0b01 -> Coding.OCTETS;
            default -> Coding.RESERVED;
        };
    }

    private int lowBits() {
        return octet & 0x0F;
    }

    /** As in the standard, such as {@code 0x0F}. */
    @Override
    public String toString() {
        return "0x%02X".formatted(octet);
    }

    /**
     * What a data coding scheme says of the octets of a USSD string (3GPP TS 23.038 V18.0.0 clause
     * 5).
     */
    public enum Coding {
        /** Text of the GSM 7-bit default alphabet. */
        GSM7("GSM 7-bit text", Alphabet.GSM7),

        /** 8-bit data. */
        OCTETS("8-bit data", Alphabet.OCTETS),

        /** Text in UCS2. */
        UCS2("UCS2 text", Alphabet.UCS2),

        /** Two characters of a language code and CR, then text, all of the GSM 7-bit alphabet. */
        GSM7_AFTER_LANGUAGE("GSM 7-bit text after a language code", null),

        /** A language code of two GSM 7-bit characters, filled up to two octets, then UCS2 text. */
        UCS2_AFTER_LANGUAGE("UCS2 text after a language code", null),

        /** A reserved coding: never sent; a receiver takes it for {@link #GSM7}. */
        RESERVED("a reserved coding", null),

        /** Text compressed as 3GPP TS 23.042 says. */
        COMPRESSED("compressed text", null),

        /** A user data header, then text. */
        USER_DATA_HEADER("text after a user data header", null),

        /** A message of the I1 protocol (3GPP TS 24.294). */
        I1_PROTOCOL("a message of the I1 protocol", null),

        /** As the WAP Forum defines. */
        WAP("data of the WAP Forum", null);

        private final String title;
        private final @Nullable Alphabet alphabet;

        Coding(String title, @Nullable Alphabet alphabet) {
            this.title = title;
            this.alphabet = alphabet;
        }

        /** What the octets are, in a few words. */
        public String title() {
            return title;
        }

        /**
         * The alphabet in which text is sent under this coding; empty: text is not sent under it,
         * though some of it can be read.
         */
        public Optional<Alphabet> alphabet() {
            return Optional.ofNullable(alphabet);
        }
    }
}
