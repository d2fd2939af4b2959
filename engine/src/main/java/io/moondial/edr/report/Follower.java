package io.moondial.edr.report;

import io.moondial.problem.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The one that follows files as they grow and are cut: each {@link #look} hands on what has come
 * since the last one.
 *
 * <p>A file stays the same file whatever name it gets, and is followed until its footer; one that
 * was made anew under an old name is another.
 */
public final class Follower implements Closeable {
    private final EdrInput input;
    private final RecordSink sink;
    private final Map<Object, FollowedFile> followed = new LinkedHashMap<>();
    private Set<Problem> told = Set.of();

    public Follower(EdrInput input, RecordSink sink) {
        this.input = input;
        this.sink = sink;
    }

    /** Hands on what has come, file by file, in the order of their names. */
    public void look() throws IOException {
        Map<Object, EdrFile> present = present();
        letGoOfOthers(present);
        for (EdrFile file : present.values()) {
            read(followed.computeIfAbsent(file.key(), it -> new FollowedFile(input, file)));
        }
    }

    @Override
    public void close() throws IOException {
        for (FollowedFile file : followed.values()) {
            file.close();
        }
    }

    /** The files that are there now; a folder that cannot be read is told when it begins. */
    private Map<Object, EdrFile> present() {
        var present = new LinkedHashMap<Object, EdrFile>();
        var problems = new LinkedHashSet<Problem>();
        for (EdrFile file : input.files(problems::add)) {
            if (file.isFound()) {
                present.put(file.key(), file);
            }
        }
        problems.stream().filter(problem -> !told.contains(problem)).forEach(sink::unreadable);
        told = problems;
        return present;
    }

    /** A file that somebody moved away or deleted is read to its end. */
    private void letGoOfOthers(Map<Object, EdrFile> present) throws IOException {
        for (Iterator<Map.Entry<Object, FollowedFile>> all = followed.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<Object, FollowedFile> entry = all.next();
            FollowedFile file = entry.getValue();
            if (!file.isStill(present.get(entry.getKey()))) {
                try (file) {
                    if (file.isOpen()) {
                        read(file);
                    }
                }
                all.remove();
            }
        }
    }

    private void read(FollowedFile file) throws IOException {
        try {
            file.read(sink);
        } catch (IOException e) {
            // The same would come at every look.
            sink.unreadable(EdrInput.unreadable("file", file.path(), e));
            file.giveUp();
        }
    }
}
