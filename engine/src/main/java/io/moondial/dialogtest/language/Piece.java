package io.moondial.dialogtest.language;

import io.moondial.config.Place;

/**
 * A part of one line.
 *
 * @param text what stands there, without blanks around it
 * @param line from 1
 * @param column of its first character, from 1, in UTF-16 units of the line
 */
record Piece(String text, int line, int column) {
    /** The place of one of its characters, counted from 0. */
    Place place(int index) {
        return new Place(line, column + index);
    }

    Place place() {
        return place(0);
    }

    Piece from(int index) {
        int start = Blank.skip(text, index);
        return new Piece(text.substring(start), line, column + start);
    }
}
