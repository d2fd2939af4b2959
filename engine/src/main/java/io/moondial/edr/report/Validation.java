package io.moondial.edr.report;

import io.moondial.edr.EdrFileReader;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The check of files against the specification, and what it has counted so far. */
public final class Validation {
    /** So many events without a specification are named. */
    private static final int MOST_NAMED = 20;

    private final EdrSpec spec;
    private final Consumer<Problem> sink;
    private int files;
    private long records;
    private long problems;
    private long unspecified;
    private final SortedSet<String> unspecifiedEvents = new TreeSet<>();
    private boolean moreUnspecified;

    /**
     * @param sink takes every problem, with file and line, and the field in its words
     */
    public Validation(EdrSpec spec, Consumer<Problem> sink) {
        this.spec = spec;
        this.sink = sink;
    }

    /** Checks every file of the input; a folder that has none is a problem. */
    public void check(EdrInput input) {
        input.emptyFolders().forEach(this::note);
        for (EdrInput.EdrFile file : input.files(this::note)) {
            files++;
            try (EdrFileReader reader = input.open(file.path())) {
                records += spec.check(reader, this::note, this::unspecified);
            } catch (IOException e) {
                note(EdrInput.unreadable("file", file.path(), e));
            }
        }
    }

    /** Whether there is no problem. */
    public boolean isGood() {
        return problems == 0;
    }

    /**
     * What was counted, in one line; with the events that have no specification, for of their
     * records only the form is checked.
     */
    public String summary() {
        return "%s in %s: %s%s"
                .formatted(
                        count(records, "record"), count(files, "file"), result(), notSpecified());
    }

    private String result() {
        if (!isGood()) {
            return count(problems, "problem");
        }
        return unspecified == 0 ? "all as specified" : records - unspecified + " as specified";
    }

    private String notSpecified() {
        return unspecified == 0
                ? ""
                : "; %d of events without a specification: %s%s"
                        .formatted(
                                unspecified,
                                String.join(", ", unspecifiedEvents),
                                moreUnspecified ? " and others" : "");
    }

    private void unspecified(String event) {
        unspecified++;
        if (unspecifiedEvents.size() < MOST_NAMED || unspecifiedEvents.contains(event)) {
            unspecifiedEvents.add(event);
        } else {
            moreUnspecified = true;
        }
    }

    private void note(Problem problem) {
        problems++;
        sink.accept(problem);
    }

    private static String count(long count, String word) {
        return count + " " + word + (count == 1 ? "" : "s");
    }
}
