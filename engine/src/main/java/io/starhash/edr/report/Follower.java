package io.starhash.edr.report;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The one that follows files as they grow and are cut: each {@link #look} hands on what has come
 * since the last one.
 *
 * <p>A file is known by the name that it has once it is complete, so that it stays the same file
 * when it gets that name. It is followed until its footer.
 */
public final class Follower implements Closeable {
    private final EdrInput input;
    private final RecordSink sink;
    private final Map<Path, FollowedFile> followed = new LinkedHashMap<>();

    public Follower(EdrInput input, RecordSink sink) {
        this.input = input;
        this.sink = sink;
    }

    /**
     * Hands on what has come, file by file, in the order of their names.
     *
     * @throws IOException where a folder cannot be listed
     */
    public void look() throws IOException {
        Set<Path> present = new LinkedHashSet<>();
        input.files().forEach(file -> present.add(EdrInput.complete(file)));
        letGoOfOthers(present);
        for (Path file : present) {
            read(file, followed.computeIfAbsent(file, it -> new FollowedFile(input, it)));
        }
    }

    @Override
    public void close() throws IOException {
        for (FollowedFile file : followed.values()) {
            file.close();
        }
    }

    /** A file that somebody moved away or deleted is read to its end. */
    private void letGoOfOthers(Set<Path> present) throws IOException {
        for (Iterator<Map.Entry<Path, FollowedFile>> all = followed.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<Path, FollowedFile> entry = all.next();
            if (!present.contains(entry.getKey())) {
                try (FollowedFile gone = entry.getValue()) {
                    if (gone.isOpen()) {
                        read(entry.getKey(), gone);
                    }
                }
                all.remove();
            }
        }
    }

    private void read(Path name, FollowedFile file) throws IOException {
        try {
            file.read(sink);
        } catch (IOException e) {
            // The same would come at every look.
            sink.unreadable(EdrInput.unreadable(name, e));
            file.giveUp();
        }
    }
}
