package io.moondial.edr;

import java.util.List;

/** What one line of an EDR file turned out to be. */
public sealed interface EdrLine {
    /** The departures of the line from the grammar, in the order of their columns. */
    List<Flaw> flaws();

    /**
     * The first line of a file.
     *
     * @param filename the full path that the file has once it is complete
     * @param timeStart when the file was opened, in seconds of the epoch
     * @param hostname the host that wrote it
     */
    record Header(String filename, long timeStart, String hostname, List<Flaw> flaws)
            implements EdrLine {
        public Header {
            flaws = List.copyOf(flaws);
        }
    }

    /**
     * A record.
     *
     * @param edr what could be read of it: a field with a flaw in its name is left out, a broken
     *     escape stays as it was written
     */
    record Event(Edr edr, List<Flaw> flaws) implements EdrLine {
        public Event {
            flaws = List.copyOf(flaws);
        }
    }

    /**
     * The last line of a complete file.
     *
     * @param timeFinish when the file was closed, in seconds of the epoch
     * @param numEdrs the number of records
     * @param numBytes the octets of the header and the records with their line feeds, the footer
     *     not counted
     */
    record Footer(long timeFinish, long numEdrs, long numBytes, List<Flaw> flaws)
            implements EdrLine {
        public Footer {
            flaws = List.copyOf(flaws);
        }
    }

    /**
     * A line that is none of these.
     *
     * @param meant what it begins as
     */
    record Unreadable(Flaw flaw, Kind meant) implements EdrLine {
        @Override
        public List<Flaw> flaws() {
            return List.of(flaw);
        }
    }

    /** What a line that cannot be read begins as. */
    enum Kind {
        HEADER,
        FOOTER,
        /** Nothing: the file is compressed, and none of its lines is read. */
        COMPRESSED,
        /** A record, or nothing known. */
        OTHER
    }

    /**
     * One thing wrong in a line.
     *
     * @param column in octets, from 1
     * @param message what was found and what is allowed
     */
    record Flaw(int column, String message) {}
}
