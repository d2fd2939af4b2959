package io.starhash.script;

/**
 * What a text takes on the air: what {@code ussd.length}, {@code fits} and {@code truncate} ask.
 */
public interface TextMeasure {
    /**
     * The text's length in the units that limit it: septets of the GSM alphabet, or UCS2
     * characters.
     */
    int length(String text);

    /** Whether the text can be sent in one USSD message. */
    boolean fits(String text);

    /** The longest beginning of the text that can be sent in one USSD message. */
    String truncate(String text);
}
