package io.moondial.admin;

import io.moondial.admin.UsersFile.TokenHash;
import io.moondial.admin.UsersFile.User;
import io.moondial.file.FileTrouble;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who may log in, as their file says now: each change of it counts from the next request. */
final class Users {
    private static final Logger log = LoggerFactory.getLogger("admin");

    private final @Nullable Path path;
    private final Counters counters;
    private @Nullable Version version;
    private List<User> users;
    private @Nullable String trouble;

    /** What tells one version of the file from another. */
    private record Version(@Nullable Object key, FileTime changed, long size) {}

    /**
     * Those of a file; null: nobody.
     *
     * @throws IOException if it cannot be used; the message says why
     */
    Users(@Nullable Path path, Counters counters) throws IOException {
        this.path = path;
        this.counters = counters;
        version = version();
        users = path == null ? List.of() : new UsersFile(path).read();
    }

    /** A file that cannot be used leaves everybody as they were, and is logged once. */
    synchronized List<User> now() {
        Path file = path;
        if (file == null) {
            return users;
        }
        try {
            Version now = version();
            if (now == null ? version != null : !now.equals(version)) {
                users = new UsersFile(file).read();
                version = now; // not before: what cannot be read is tried again
                trouble = null;
                log.info("the users of the interface were read again: {} may log in", users.size());
            }
        } catch (IOException e) {
            String why = FileTrouble.tell(e);
            if (why.equals(trouble)) {
                return users;
            }
            trouble = why;
            counters.increment("admin.users.failures");
            log.error(
                    "the file of users cannot be used, and those of before may log in until it is fixed: {}",
                    why);
        }
        return users;
    }

    private @Nullable Version version() throws IOException {
        if (path == null) {
            return null;
        }
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return new Version(now.fileKey(), now.lastModifiedTime(), now.size());
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Whether nobody may log in. */
    boolean isEmpty() {
        return now().isEmpty();
    }

    /** Whether this one is there still, with the same role and the same secret. */
    boolean has(User user) {
        return now().contains(user);
    }

    Optional<User> named(String name) {
        return now().stream().filter(it -> it.name().equals(name)).findFirst();
    }

    Optional<User> withToken(String token) {
        TokenHash hash = TokenHash.of(token);
        Optional<User> found = Optional.empty();
        for (User user : now()) { // all of them, so that the time says nothing
            if (user.secret() instanceof TokenHash known && known.isOf(hash)) {
                found = Optional.of(user);
            }
        }
        return found;
    }
}
