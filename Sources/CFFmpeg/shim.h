// FFmpeg's libraries for Swift, with what Swift cannot import (variadic functions, computed macros) and what changed
// its name between FFmpeg 5.1 and 7 wrapped as inline functions.
#pragma once
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

static const int64_t shim_no_pts = AV_NOPTS_VALUE;
static const int shim_error_eof = AVERROR_EOF;
static const int shim_error_again = AVERROR(EAGAIN);
static const int shim_error_exit = AVERROR_EXIT;
static const int shim_error_invalid_data = AVERROR_INVALIDDATA;
static const int shim_error_out_of_memory = AVERROR(ENOMEM);
static const int shim_error_option_not_found = AVERROR_OPTION_NOT_FOUND;

/// AVERROR(errno value).
static inline int shim_error(int errno_value) { return AVERROR(errno_value); }

/// A frame's duration in its time base; the field was renamed in FFmpeg 6.
static inline int64_t shim_frame_duration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 2, 100)
    return frame->duration;
#else
    return frame->pkt_duration;
#endif
}

static inline void shim_set_frame_duration(AVFrame *frame, int64_t duration) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 2, 100)
    frame->duration = duration;
#else
    frame->pkt_duration = duration;
#endif
}

/// The stream's 3x3 display matrix, or NULL.
static inline const int32_t *shim_display_matrix(const AVStream *stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    const AVPacketSideData *side = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    return side && side->size >= 9 * sizeof(int32_t) ? (const int32_t *)side->data : NULL;
#else
    size_t size = 0;
    const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    return data && size >= 9 * sizeof(int32_t) ? (const int32_t *)data : NULL;
#endif
}

/// Pixel formats that an encoder takes, ended by AV_PIX_FMT_NONE; NULL if it takes any.
static inline const enum AVPixelFormat *shim_encoder_formats(const AVCodec *codec) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
    const void *formats = NULL;
    int count = 0;
    if (avcodec_get_supported_config(NULL, codec, AV_CODEC_CONFIG_PIX_FORMAT, 0, &formats, &count) < 0) return NULL;
    return (const enum AVPixelFormat *)formats;
#else
    return codec->pix_fmts;
#endif
}

/// Frame rates that an encoder takes, ended by 0/0; NULL if it takes any.
static inline const AVRational *shim_encoder_frame_rates(const AVCodec *codec) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
    const void *rates = NULL;
    int count = 0;
    if (avcodec_get_supported_config(NULL, codec, AV_CODEC_CONFIG_FRAME_RATE, 0, &rates, &count) < 0) return NULL;
    return (const AVRational *)rates;
#else
    return codec->supported_framerates;
#endif
}

// C arrays in structures come to Swift as tuples, which cannot be indexed.
static inline uint8_t *shim_plane(const AVFrame *frame, int plane) { return frame->data[plane]; }
static inline int shim_bytes_per_row(const AVFrame *frame, int plane) { return frame->linesize[plane]; }
static inline AVStream *shim_stream(const AVFormatContext *context, int index) { return context->streams[index]; }

/// Lets the planes of a frame, whose size and format are set, lie one after the other in a buffer.
static inline int shim_fill_planes(AVFrame *frame, const uint8_t *buffer, int alignment) {
    return av_image_fill_arrays(
        frame->data, frame->linesize, buffer, (enum AVPixelFormat)frame->format, frame->width, frame->height, alignment);
}
