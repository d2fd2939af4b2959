package io.moondial.admin;

import io.moondial.admin.UsersFile.User;
import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Logins with a password. One thread of the operating system compares them, one at a time, so that
 * a flood of logins costs dialogs nothing but a part of one processor; and whoever has failed too
 * often is not listened to for a while.
 */
final class Logins implements AutoCloseable {
    /** How many more failures an address may have than one user from there. */
    private static final int USERS_OF_ADDRESS = 4;

    /** How many users and addresses are remembered; beyond it the oldest is forgotten. */
    private static final int MOST_REMEMBERED = 10_000;

    private final AdminSettings settings;
    private final Users users;
    private final Counters counters;
    private final Time time;
    private final ThreadPoolExecutor hashing;

    /** When the last logins failed, by an address alone or with a user. */
    private final Map<Who, Deque<Long>> failures =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Who, Deque<Long>> eldest) {
                    return size() > MOST_REMEMBERED;
                }
            };

    /**
     * Whose failures are counted.
     *
     * @param user empty: anybody from the address
     */
    private record Who(String address, String user) {}

    Logins(AdminSettings settings, Users users, Counters counters, Time time) {
        this.settings = settings;
        this.users = users;
        this.counters = counters;
        this.time = time;
        hashing =
                new ThreadPoolExecutor(
                        1,
                        1,
                        1,
                        TimeUnit.MINUTES,
                        new ArrayBlockingQueue<>(settings.maxWaitingLogins()),
                        Thread.ofPlatform().daemon().name("logins").factory());
        hashing.allowCoreThreadTimeOut(true);
    }

    /**
     * The user with this name and password.
     *
     * @param address where the login comes from
     * @throws Refusal 401 if there is none, 429 if it failed too often
     */
    User logIn(String name, String password, String address) throws Refusal, InterruptedException {
        if (name.length() > UsersFile.LONGEST_NAME) { // nobody's, and not worth remembering
            throw wrong();
        }
        Who user = new Who(address, name);
        Who anybody = new Who(address, "");
        begin(user, anybody);
        Optional<User> known = users.named(name);
        boolean right;
        try {
            right =
                    matches(
                            known.map(User::secret)
                                    .filter(PasswordHash.class::isInstance)
                                    .map(PasswordHash.class::cast)
                                    .orElse(PasswordHash.ofNobody()),
                            password);
        } catch (Refusal e) {
            undo(user, anybody);
            throw e;
        }
        if (known.isEmpty() || !right) {
            throw wrong();
        }
        undo(user, anybody);
        return known.get();
    }

    private Refusal wrong() {
        counters.increment("admin.refused.password");
        return Refusal.of(401, "the user or the password is wrong");
    }

    /** Counts a login as a failed one until it has succeeded; so many at once are no way round. */
    private void begin(Who user, Who anybody) throws Refusal {
        synchronized (failures) {
            if (count(user) < settings.maxLoginFailures()
                    && count(anybody) < settings.maxLoginFailures() * USERS_OF_ADDRESS) {
                failures.computeIfAbsent(user, it -> new ArrayDeque<>()).addLast(time.nanos());
                failures.computeIfAbsent(anybody, it -> new ArrayDeque<>()).addLast(time.nanos());
                return;
            }
        }
        counters.increment("admin.refused.logins_failed");
        throw Refusal.tooMany(
                "too many logins failed; try again in %d s (admin: max_login_failures, login_window)"
                        .formatted(settings.loginWindow().toSeconds()));
    }

    /** How many there are within the window; what is older is forgotten. */
    private int count(Who who) {
        Deque<Long> times = failures.get(who);
        if (times == null) {
            return 0;
        }
        long now = time.nanos();
        Long first = times.peekFirst();
        while (first != null && now - first > settings.loginWindow().toNanos()) {
            times.removeFirst();
            first = times.peekFirst();
        }
        return times.size();
    }

    private void undo(Who user, Who anybody) {
        synchronized (failures) {
            for (Who who : new Who[] {user, anybody}) {
                Deque<Long> times = failures.get(who);
                if (times != null) {
                    times.pollLast();
                    if (times.isEmpty()) {
                        failures.remove(who);
                    }
                }
            }
        }
    }

    private boolean matches(PasswordHash hash, String password)
            throws Refusal, InterruptedException {
        if (password.getBytes(StandardCharsets.UTF_8).length > PasswordHash.MAX_OCTETS) {
            return false;
        }
        try {
            Future<Boolean> result = hashing.submit(() -> hash.matches(password));
            return result.get();
        } catch (RejectedExecutionException e) {
            counters.increment("admin.refused.logins_waiting");
            throw Refusal.tooMany(
                    "%d logins wait already, as many as the rules allow (admin: max_waiting_logins); try again in a few seconds"
                            .formatted(settings.maxWaitingLogins()));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        hashing.shutdownNow();
    }
}
