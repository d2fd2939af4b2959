package io.moondial.config;

/**
 * A place in a file.
 *
 * @param line from 1; 0: the file as a whole
 * @param column from 1, in characters (code points); 0: the line as a whole
 */
public record Place(int line, int column) {
    /** The file as a whole. */
    public static final Place FILE = new Place(0, 0);

    /** The first character of the file. */
    static final Place START = new Place(1, 1);
}
