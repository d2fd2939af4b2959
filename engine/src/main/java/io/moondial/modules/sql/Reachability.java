package io.moondial.modules.sql;

import io.moondial.modules.sql.Databases.Outcome;
import io.moondial.modules.sql.Databases.Why;
import io.moondial.modules.sql.SqlSettings.DatabaseSettings;
import io.moondial.script.api.Backend.Gauge;
import io.moondial.time.Time;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether connections to a database can be opened, as its pool finds out by opening them: it goes
 * on trying, and so the database is back by itself. The log has a line when that changes.
 */
final class Reachability implements Connections.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Reachability.class);

    private final String name;
    private final DatabaseSettings settings;
    private final Connections connections;
    private final Time time;
    private final Runnable down;
    private volatile @Nullable String trouble;
    private long since;

    /**
     * It can be reached until something else is found.
     *
     * @param down is run when a connection cannot be opened and none is open: who waits for one
     *     waits in vain
     */
    Reachability(
            String name,
            DatabaseSettings settings,
            Connections connections,
            Time time,
            Runnable down) {
        this.name = name;
        this.settings = settings;
        this.connections = connections;
        this.time = time;
        this.down = down;
    }

    /** Nothing is to be hoped for: no connection is open, and none can be opened. */
    boolean isDown() {
        return trouble != null && connections.idle() == 0 && connections.active() == 0;
    }

    /** What a call gets that has no connection. */
    Outcome unavailable() {
        String words = trouble;
        return new Outcome.Failed(
                Why.UNAVAILABLE,
                words == null
                        ? "no connection could be opened within %d ms"
                                .formatted(settings.acquireTimeout().toMillis())
                        : "no connection: " + words);
    }

    Gauge gauge(String called) {
        boolean is = trouble == null;
        return new Gauge(called, "state", is ? 1 : 0, is ? "reachable" : "unreachable", !is);
    }

    @Override
    public synchronized void opened() {
        if (trouble != null) {
            trouble = null;
            LOG.info(
                    "database {}: connected again, after {} s",
                    name,
                    TimeUnit.NANOSECONDS.toSeconds(time.nanos() - since));
        }
    }

    @Override
    public synchronized void refused(String words) {
        if (trouble == null) {
            since = time.nanos();
            LOG.warn(
                    "database {}: cannot connect: {}; its calls return nil, \"unavailable\""
                            + " until it can",
                    name,
                    words);
        }
        trouble = words;
        if (isDown()) {
            down.run();
        }
    }

    @Override
    public void lost(Path file) {
        LOG.error(
                "database {}: the file {} was deleted or replaced while in use; calls under way"
                        + " end on the lost file, and others use the file that is there now",
                name,
                file);
    }

    @Override
    public void walLost(Path wal) {
        LOG.error(
                "database {}: the file {} was deleted or replaced while in use; connections are"
                        + " closed, which saves what it held, and opened anew",
                name,
                wal);
    }
}
