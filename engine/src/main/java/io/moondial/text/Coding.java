package io.moondial.text;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a data coding scheme says of the octets of a USSD string (3GPP TS 23.038 V18.0.0 clause 5).
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
