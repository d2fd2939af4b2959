package io.moondial.admin;

import io.moondial.admin.UsersFile.TokenHash;
import io.moondial.admin.UsersFile.User;
import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of the console. Each is known by a random id that only the browser has; here is its
 * hash. A session ends when it is idle for too long, after its whole time, at a logout, and when
 * its user is gone or has changed.
 */
final class Sessions {
    private static final int ID_OCTETS = 32;
    private static final int LONGEST_ID = 100;

    private final AdminSettings settings;
    private final Users users;
    private final Counters counters;
    private final Time time;
    private final SecureRandom random = new SecureRandom();
    private final Map<TokenHash, Session> sessions = new HashMap<>();

    private static final class Session {
        private final User user;
        private final long began;
        private long used;

        Session(User user, long now) {
            this.user = user;
            began = now;
            used = now;
        }
    }

    Sessions(AdminSettings settings, Users users, Counters counters, Time time) {
        this.settings = settings;
        this.users = users;
        this.counters = counters;
        this.time = time;
    }

    /** Begins one; the result is its id. */
    synchronized String begin(User user) {
        sessions.values().removeIf(it -> !isOpen(it));
        if (sessions.size() >= settings.maxSessions()) {
            sessions.entrySet().stream()
                    .min((a, b) -> Long.signum(a.getValue().used - b.getValue().used))
                    .ifPresent(
                            it -> {
                                sessions.remove(it.getKey());
                                counters.increment("admin.sessions.displaced");
                            });
        }
        byte[] octets = new byte[ID_OCTETS];
        random.nextBytes(octets);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
        sessions.put(TokenHash.of(id), new Session(user, time.nanos()));
        counters.increment("admin.sessions.begun");
        return id;
    }

    /** Whose session this is; each time it is asked, the session was used. Empty: there is none. */
    synchronized Optional<User> user(@Nullable String id) {
        Optional<Session> session = session(id);
        session.ifPresent(it -> it.used = time.nanos());
        return session.map(it -> it.user);
    }

    /** Whether it has not ended; asking does not count as a use. */
    synchronized boolean isThere(@Nullable String id) {
        return session(id).isPresent();
    }

    private Optional<Session> session(@Nullable String id) {
        if (id == null || id.length() > LONGEST_ID) {
            return Optional.empty();
        }
        TokenHash hash = TokenHash.of(id);
        Session session = sessions.get(hash);
        if (session == null) {
            return Optional.empty();
        }
        if (!isOpen(session)) {
            sessions.remove(hash);
            return Optional.empty();
        }
        return Optional.of(session);
    }

    private boolean isOpen(Session session) {
        long now = time.nanos();
        return now - session.used <= settings.sessionIdle().toNanos()
                && now - session.began <= settings.sessionEnd().toNanos()
                && users.has(session.user);
    }

    /** Ends one, if there is one. */
    synchronized void end(@Nullable String id) {
        if (id != null) {
            sessions.remove(TokenHash.of(id));
        }
    }
}
