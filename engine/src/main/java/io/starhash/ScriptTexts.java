package io.starhash;

import io.starhash.script.TextMeasure;
import io.starhash.text.Alphabet;
import io.starhash.text.TextLength;

/**
 * How long scripts' texts are on the air: in the GSM alphabet where it has their characters, else
 * in UCS2.
 */
final class ScriptTexts implements TextMeasure {
    @Override
    public int length(String text) {
        return TextLength.of(text, Alphabet.GSM7).units();
    }

    @Override
    public boolean fits(String text) {
        return TextLength.of(text, Alphabet.GSM7).fits();
    }

    @Override
    public String truncate(String text) {
        return TextLength.truncate(text, Alphabet.GSM7);
    }
}
