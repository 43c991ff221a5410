// FFmpeg's libraries for Swift, with what Swift cannot import (variadic functions, computed macros) and what changed
// its name between FFmpeg 5.1 and 7 wrapped as inline functions.
#pragma once
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/motion_vector.h>
#include <libavutil/opt.h>
#include <libavutil/parseutils.h>
#include <libavutil/pixdesc.h>
#include <libavutil/timecode.h>
#include <libswscale/swscale.h>
#include <string.h>

static const int64_t shim_no_pts = AV_NOPTS_VALUE;
static const int shim_error_eof = AVERROR_EOF;
static const int shim_error_again = AVERROR(EAGAIN);
static const int shim_error_exit = AVERROR_EXIT;
static const int shim_error_invalid_data = AVERROR_INVALIDDATA;
static const int shim_error_out_of_memory = AVERROR(ENOMEM);
static const int shim_error_protocol_not_found = AVERROR_PROTOCOL_NOT_FOUND;
static const int shim_error_unauthorized = AVERROR_HTTP_UNAUTHORIZED;
static const int shim_error_patch_welcome = AVERROR_PATCHWELCOME;
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

/// Whether a frame's lines belong to two points in time; the field became a flag in FFmpeg 6.1.
static inline int shim_is_interlaced(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
    return (frame->flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
    return frame->interlaced_frame;
#endif
}

static inline void shim_set_interlaced(AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
    frame->flags |= AV_FRAME_FLAG_INTERLACED;
#else
    frame->interlaced_frame = 1;
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

/// Side data of a whole stream, or NULL; it moved to the codec's parameters in FFmpeg 6.1.
static inline const uint8_t *shim_stream_side_data(const AVStream *stream, enum AVPacketSideDataType kind, size_t *size) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    const AVPacketSideData *side = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, kind);
    *size = side ? side->size : 0;
    return side ? side->data : NULL;
#else
    *size = 0;
    return av_stream_get_side_data(stream, kind, size);
#endif
}

/// How many pieces of side data a stream has as a whole.
static inline int shim_stream_side_data_count(const AVStream *stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    return stream->codecpar->nb_coded_side_data;
#else
    return stream->nb_side_data;
#endif
}

static inline AVPacketSideData shim_stream_side_data_at(const AVStream *stream, int number) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    return stream->codecpar->coded_side_data[number];
#else
    return stream->side_data[number];
#endif
}

/// Returns an error, or 0.
static inline int shim_add_stream_side_data(
    AVStream *stream, enum AVPacketSideDataType kind, const uint8_t *bytes, size_t size) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    AVPacketSideData *side = av_packet_side_data_new(
        &stream->codecpar->coded_side_data, &stream->codecpar->nb_coded_side_data, kind, size, 0);
    uint8_t *copy = side ? side->data : NULL;
#else
    uint8_t *copy = av_stream_new_side_data(stream, kind, size);
#endif
    if (!copy) return AVERROR(ENOMEM);
    memcpy(copy, bytes, size);
    return 0;
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

static inline AVChapter *shim_chapter(const AVFormatContext *context, int index) { return context->chapters[index]; }

/// Adds a chapter to an output that has not begun; its metadata is for the caller to fill. NULL if memory is short.
static inline AVChapter *shim_add_chapter(AVFormatContext *context, int64_t id, AVRational unit, int64_t start, int64_t end) {
    AVChapter *chapter = (AVChapter *)av_mallocz(sizeof(AVChapter));
    if (!chapter) return NULL;
    chapter->id = id;
    chapter->time_base = unit;
    chapter->start = start;
    chapter->end = end;
    int count = (int)context->nb_chapters;
    if (av_dynarray_add_nofree(&context->chapters, &count, chapter) < 0) {
        av_free(chapter);
        return NULL;
    }
    context->nb_chapters = (unsigned)count;
    return chapter;
}

/// Lets the planes of a frame, whose size and format are set, lie one after the other in a buffer.
static inline int shim_fill_planes(AVFrame *frame, const uint8_t *buffer, int alignment) {
    return av_image_fill_arrays(
        frame->data, frame->linesize, buffer, (enum AVPixelFormat)frame->format, frame->width, frame->height, alignment);
}

/// Lets a frame, whose size and format are set, show a picture in foreign memory. A row of its first plane takes
/// `bytes_per_row`, the other planes follow with rows in proportion, as V4L2 lays them out.
/// Returns the picture's bytes, or an error.
static inline int shim_show_picture(AVFrame *frame, const uint8_t *memory, int bytes_per_row) {
    enum AVPixelFormat format = (enum AVPixelFormat)frame->format;
    int two_pixels = av_image_get_linesize(format, 2, 0);
    if (two_pixels <= 0) return AVERROR(EINVAL);
    int code = av_image_fill_linesizes(frame->linesize, format, bytes_per_row * 2 / two_pixels);
    if (code < 0) return code;
    frame->linesize[0] = bytes_per_row;
    return av_image_fill_pointers(frame->data, format, frame->height, (uint8_t *)memory, frame->linesize);
}

/// How a scaler's one side stores colours.
typedef struct {
    int width, height, format;
    /// AVColorSpace, and whether code values span all of 0...255.
    int matrix, is_full_range;
    /// Where chroma samples lie, in 1/256 of a pixel; -513: where libswscale thinks.
    int chroma_column, chroma_row;
} shim_scaler_side;

/// A libswscale context, alpha laid over black; NULL if it cannot do this conversion. The type behind the pointer became
/// public in FFmpeg 7.1, so that Swift sees another one there.
static inline void *shim_scaler_make(shim_scaler_side from, shim_scaler_side to, int flags) {
    struct SwsContext *scaler = sws_alloc_context();
    if (!scaler) return NULL;
    av_opt_set_int(scaler, "srcw", from.width, 0);
    av_opt_set_int(scaler, "srch", from.height, 0);
    av_opt_set_pixel_fmt(scaler, "src_format", (enum AVPixelFormat)from.format, 0);
    av_opt_set_int(scaler, "dstw", to.width, 0);
    av_opt_set_int(scaler, "dsth", to.height, 0);
    av_opt_set_pixel_fmt(scaler, "dst_format", (enum AVPixelFormat)to.format, 0);
    // Ranges must be known before the start, or libswscale takes a short cut where only they differ.
    av_opt_set_int(scaler, "src_range", from.is_full_range, 0);
    av_opt_set_int(scaler, "dst_range", to.is_full_range, 0);
    av_opt_set_int(scaler, "src_h_chr_pos", from.chroma_column, 0);
    av_opt_set_int(scaler, "src_v_chr_pos", from.chroma_row, 0);
    av_opt_set_int(scaler, "dst_h_chr_pos", to.chroma_column, 0);
    av_opt_set_int(scaler, "dst_v_chr_pos", to.chroma_row, 0);
    av_opt_set_int(scaler, "sws_flags", flags, 0);
    av_opt_set(scaler, "alphablend", "uniform_color", 0);
    if (sws_init_context(scaler, NULL, NULL) < 0) {
        sws_freeContext(scaler);
        return NULL;
    }
    // libswscale takes every picture for BT.601 unless told. It refuses this where no YUV is involved.
    sws_setColorspaceDetails(
        scaler, sws_getCoefficients(from.matrix), from.is_full_range, sws_getCoefficients(to.matrix), to.is_full_range,
        0, 1 << 16, 1 << 16);
    return scaler;
}

static inline int shim_scale(void *scaler, AVFrame *to, const AVFrame *from) {
    return sws_scale_frame((struct SwsContext *)scaler, to, from);
}

static inline void shim_scaler_free(void *scaler) { sws_freeContext((struct SwsContext *)scaler); }

/// Whether two matrices are the same one for libswscale.
static inline int shim_same_matrix(int one, int other) {
    return memcmp(sws_getCoefficients(one), sws_getCoefficients(other), 4 * sizeof(int)) == 0;
}
