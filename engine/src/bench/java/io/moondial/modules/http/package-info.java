/** What calls of HTTP services cost. */
@NullMarked
package io.moondial.modules.http;

import org.jspecify.annotations.NullMarked;
