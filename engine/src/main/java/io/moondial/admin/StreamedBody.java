package io.moondial.admin;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** A stream over a connection of HTTP/1.1, in chunks. */
final class StreamedBody implements Answer.Body {
    private final Request request;
    private final OutputStream whole;
    private final OutputStream out;
    private boolean ended;
    private final HttpFields.Mutable trailers = HttpFields.build();

    private StreamedBody(Request request, OutputStream out) {
        this.request = request;
        this.whole = out;
        this.out = new Unclosed(out);
    }

    /**
     * Writes it from its beginning to its end. If the writer fails, the end is left out, so that
     * nobody takes what has come for the whole.
     *
     * @param watched goes between the stream and the connection
     */
    static void write(Response response, Answer.Stream stream, UnaryOperator<OutputStream> watched)
            throws IOException, InterruptedException {
        HttpFields.Mutable headers = response.getHeaders();
        stream.headers().forEach(headers::put);
        headers.put(HttpHeader.CONTENT_TYPE, stream.type());
        headers.put(new HttpField(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString()));
        OutputStream out = watched.apply(Content.Sink.asOutputStream(response));
        StreamedBody body = new StreamedBody(response.getRequest(), out);
        response.setTrailersSupplier(() -> body.trailers);
        stream.writer().write(body);
        body.end();
    }

    @Override
    public void end() throws IOException {
        if (!ended) {
            ended = true;
            whole.close();
        }
    }

    @Override
    public OutputStream octets() {
        return out;
    }

    @Override
    public void trailer(String name, String value) {
        trailers.put(name, value);
    }

    /**
     * Nobody reads the connection while a request is answered. So the next that comes over it,
     * nearly always its end, can be waited for here; as the connection closes after the stream,
     * nobody misses what is then not read.
     */
    @Override
    public void whenGone(Runnable action) {
        EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
        AtomicBoolean told = new AtomicBoolean();
        Runnable once =
                () -> {
                    if (told.compareAndSet(false, true)) {
                        action.run();
                    }
                };
        if (!connection.tryFillInterested(Callback.from(once, failure -> once.run()))) {
            throw new IllegalStateException("somebody else reads the connection");
        }
    }

    /** The end of the answer is ours: trailers come before it. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] octets, int from, int length) throws IOException {
            out.write(octets, from, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
