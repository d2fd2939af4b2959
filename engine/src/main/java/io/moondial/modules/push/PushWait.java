package io.moondial.modules.push;

import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import io.moondial.push.Pushes;
import io.moondial.push.Pushes.Submission;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A push whose end somebody waits for. */
final class PushWait {
    private PushWait() {}

    /** How it ended. */
    sealed interface Ended {
        /** It was not accepted. */
        record Refused(Submission.Refused refusal) implements Ended {}

        /** It has come to its end. */
        record Over(PushReport report) implements Ended {}

        /** What became of it cannot be said. */
        record NotKnown(String detail) implements Ended {}

        /** In one word. */
        default String word() {
            return switch (this) {
                case Refused(Submission.Refused refusal) -> PushModule.word(refusal.why());
                case NotKnown _ -> PushModule.UNAVAILABLE;
                case Over(PushReport report) -> PushWait.word(report);
            };
        }
    }

    private static String word(PushReport report) {
        Reason reason = report.reason();
        return report.state() == State.FAILED && reason != null
                ? reason.word()
                : report.state().word();
    }

    /**
     * Orders a push, and waits for its end. Who waits no more cancels the result: then the push is
     * withdrawn, if it waits for its turn or for another attempt, and if this order is its first.
     */
    static CompletableFuture<Ended> of(Pushes pushes, PushOrder order) {
        CompletableFuture<Ended> result = new CompletableFuture<>();
        var _ =
                pushes.submit(order)
                        .thenCompose(submission -> ended(pushes, submission, result))
                        .whenComplete(
                                (ended, failure) -> {
                                    if (failure == null) {
                                        result.complete(ended);
                                    } else {
                                        result.completeExceptionally(failure);
                                    }
                                });
        return result;
    }

    private static CompletableFuture<Ended> ended(
            Pushes pushes, Submission submission, CompletableFuture<Ended> result) {
        return switch (submission) {
            case Submission.Refused refused ->
                    CompletableFuture.completedFuture(new Ended.Refused(refused));
            case Submission.Accepted(PushReport report, boolean again) -> {
                String id = report.id();
                CompletableFuture<Optional<PushReport>> end = pushes.ended(id);
                var _ =
                        result.whenComplete(
                                (_, _) -> {
                                    if (result.isCancelled()) {
                                        end.cancel(false);
                                        if (!again) {
                                            var _ = pushes.cancel(id);
                                        }
                                    }
                                });
                yield end.thenApply(
                                it -> it.<Ended>map(Ended.Over::new).orElseGet(() -> notKept(id)))
                        .exceptionally(failure -> new Ended.NotKnown(detail(failure)));
            }
        };
    }

    private static Ended notKept(String id) {
        return new Ended.NotKnown("the push " + id + " is not kept any more");
    }

    /** Why a store could not be asked, in words. */
    static String detail(Throwable failure) {
        return String.valueOf(cause(failure).getMessage());
    }

    /** What a future has really failed with. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }
}
