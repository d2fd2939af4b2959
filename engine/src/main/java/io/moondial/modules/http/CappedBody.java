package io.moondial.modules.http;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A body that ends the exchange as soon as it has more octets than allowed. */
final class CappedBody<T> implements BodySubscriber<T> {
    private final BodySubscriber<T> kept;
    private final CompletableFuture<T> body = new CompletableFuture<>();
    private final long most;
    private long left;
    private Flow.@Nullable Subscription subscription;

    /** There was more. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLargeException(String message) {
            super(message);
        }
    }

    /**
     * @param most octets, none if negative: the headers are too large already
     */
    CappedBody(long most, BodySubscriber<T> kept) {
        this.kept = kept;
        this.most = most;
        this.left = most;
    }

    /** How many octets the names and values of headers have. */
    static long size(HttpHeaders headers) {
        long size = 0;
        for (Map.Entry<String, List<String>> header : headers.map().entrySet()) {
            for (String value : header.getValue()) {
                size += header.getKey().length() + value.length();
            }
        }
        return size;
    }

    @Override
    public CompletionStage<T> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription begun) {
        subscription = begun;
        var _ =
                kept.getBody()
                        .whenComplete(
                                (whole, failure) -> {
                                    if (failure == null) {
                                        body.complete(whole);
                                    } else {
                                        body.completeExceptionally(failure);
                                    }
                                });
        if (left < 0) {
            end(begun, "its headers have too many octets");
        } else {
            kept.onSubscribe(begun);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        if (left < 0) {
            return;
        }
        for (ByteBuffer part : parts) {
            left -= part.remaining();
        }
        if (left < 0 && subscription != null) {
            end(subscription, "its body has more than " + most + " octets");
        } else {
            kept.onNext(parts);
        }
    }

    private void end(Flow.Subscription begun, String why) {
        body.completeExceptionally(new TooLargeException(why));
        begun.cancel();
    }

    @Override
    public void onError(Throwable failure) {
        kept.onError(failure);
    }

    @Override
    public void onComplete() {
        kept.onComplete();
    }
}
