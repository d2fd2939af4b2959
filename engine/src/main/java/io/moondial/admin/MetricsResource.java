package io.moondial.admin;

import io.moondial.metrics.Exposition;
import java.util.concurrent.Semaphore;

/**
 * {@code /metrics}, for Prometheus. A few are made at once, and no more wait: a scrape of a large
 * engine takes memory for a moment, and who scrapes asks again anyway.
 */
public final class MetricsResource implements Resource {
    /** How many are made at once. */
    static final int MAX_SCRAPES = 4;

    private final Exposition exposition;
    private final Semaphore free = new Semaphore(MAX_SCRAPES);

    public MetricsResource(Exposition exposition) {
        this.exposition = exposition;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/metrics", Role.VIEWER, this::read);
    }

    private Answer read(Call call) throws Refusal {
        if (!free.tryAcquire()) {
            throw Refusal.tooMany(
                    "%d scrapes of /metrics are under way, and no more are made at once; ask again"
                            .formatted(MAX_SCRAPES));
        }
        try {
            Exposition.Text text = exposition.read(call.accept());
            return new Answer.Octets(text.type(), text.octets());
        } finally {
            free.release();
        }
    }
}
