import ArgumentParser
import Infer
import Live
import Overlay
import Pipeline
import Serve

extension HelpTopic {
    static var inputsText: String {
        """
        \(table([
            ("clip.mp4", "a video of any kind that FFmpeg reads"),
            ("photo.jpg", "a still picture; the output is one, too"),
            ("frames/%05d.png", "numbered pictures; --fps says how many a second"),
            ("/dev/video0", "a camera; 'camstream devices' lists them; --size and --fps choose"),
            ("rtsp://…", "a camera in the network, also http:// and others; --wait waits for it"),
            ("-", "standard input"),
            ("demo:", "a scene that is drawn, as in demo:seconds=60,size=1920x1080"),
        ]))

        Several inputs are cameras, for --serve:
          camstream -i /dev/video0 -i rtsp://camera/stream --serve

        --live plays a file at its own rate, as if it were a camera.
        """
    }

    static var outputsText: String {
        """
        \(table([
            ("--out overlay.mp4", "the video with the heat over it (.mp4, .mkv, .mov and more); sound is copied"),
            ("--out heat.png", "a still picture; heat/%05d.png: a picture a frame"),
            ("--sidecar seen.jsonl", "what was seen: a JSON object a frame"),
            ("--maps maps.npz", "the maps as numbers, for NumPy"),
            ("--report seen.html", "a page to send: pictures, timeline, classes, doubts"),
            ("--dwell where.png", "where a detector's objects were, and for how long"),
            ("--keep-video", "the video untouched, heat and labels as tracks beside it"),
            ("--serve", "the live picture in browsers; --push sends it to a server"),
        ]))

        Any of them may be left out, and several may be named. What is there already is replaced with --force alone.
        """
    }

    static var cardsText: String {
        """
        --model takes an ONNX file, the YAML card of one, or a name that 'camstream models' lists. Without it a
        classifier of ImageNet's 1,000 classes runs, and on demo: the model demo.

        Get a model of the catalogue, keep one of yours, make one of your own classes:
          camstream models fetch resnet18
          camstream models add mine.onnx --card mine.yaml --name mine
          camstream fit photos --out mine.onnx

        A card is a YAML file beside the model (mine.yaml beside mine.onnx). It says what the file does not: how
        pictures are scaled, and what the classes are called.
        """
    }

    static var methodsText: String {
        """
        auto takes CAM where the model's head allows it, else Grad-CAM, else Recipro-CAM. best takes the best one of a
        report of 'camstream evaluate' (--evaluated).

        These tell one class from another, and are quick:
        \(list(MethodName.compared.map(\.rawValue)))

        All others:
        \(list(MethodName.allCases.filter { !MethodName.compared.contains($0) && $0 != .auto }.map(\.rawValue)))

        Too slow for a live input, since they run the model again and again:
        \(list(MethodName.allCases.filter(\.isOnlyForRecordings).map(\.rawValue)))

        Side by side on one picture:
          camstream compare -i photo.jpg --methods gradcam,layercam -o sheet.png

        A map is made of one of the model's tensors: the last one that lies over the picture, which knows most of
        classes, or the one that --layer names. Earlier ones are finer and know less. This lists them:
          camstream layers --model resnet18

        --layer takes a name, a unique part of one, or a number from the end (-1 is the last one), or several of these
        with commas between them; --fuse says how their maps become one.
        """
    }

    static var liveText: String {
        """
          camstream devices
          camstream -i /dev/video0 --serve
          camstream -i rtsp://camera/stream --segment 10m --keep 7d -o 'rec/%Y-%m-%d/%H-%M-%S.mp4'
          camstream serve --config door.yaml

        --serve shows the picture to browsers on this machine, on 127.0.0.1:8090; --listen says where else. Other
        machines are let in with --token-file or --user-file, and encrypted with --tls-cert and --tls-key.

        --segment begins a new recording now and then; --keep and --max-bytes delete old ones. 'camstream serve' does
        all of it for months, as a service.
        """
    }

    static var configText: String {
        """
        --config takes a YAML file of settings. Options of the command line win. A key that does not exist is an
        error. configs/file.yaml has all keys with what they mean.

          infer:
            model: resnet18
            method: gradcam
          overlay:
            colormap: turbo

        The keys of each part:

        \(table(parts.map { ($0.name, $0.keys.joined(separator: ", ")) }))
        """
    }

    private static var parts: [(name: String, keys: [String])] {
        CameraConfig.Key.allCases.map { stage in
            let keys = CameraConfig.settings.map(\.key).filter { $0.hasPrefix("\(stage.rawValue).") }
            return (stage.rawValue, keys.map { String($0.dropFirst(stage.rawValue.count + 1)) })
        } + [("serve", ServeConfig.settings.map(\.key))]
    }

    static var colorsText: String {
        """
        --colormap takes one of these:
        \(list(Colormap.allCases.map(\.rawValue)))

        Help, errors and warnings have colours on a terminal. They have none where --color never is given, where the
        variable NO_COLOR says anything, and on a terminal that is dumb; --color always writes them anywhere.
        """
    }

    static var completionsText: String {
        """
        'make install' and the Debian package install them. Elsewhere this gives them to a shell:

        \(table([
            ("bash", "source <(camstream --generate-completion-script bash)"),
            ("zsh", "camstream --generate-completion-script zsh > ~/.zfunc/_camstream, with ~/.zfunc in fpath"),
            ("fish", "camstream --generate-completion-script fish | source"),
        ]))

        They know commands and options, methods, colour maps, models, cameras and topics, and after --layer the layers
        of the model that is named.
        """
    }

    static var exitCodesText: String {
        let codes = Discussion(Camstream.command.discussion).exitCodeList
        return table(codes.map { ($0.codes, $0.meaning) }) + "\n\n"
            + "'camstream serve' ends with 66 where the input gives no pictures, and with 78 where settings are wrong."
    }

    static var environmentText: String {
        table([
            ("XDG_DATA_HOME", "models are kept in camstream/models below it; by default ~/.local/share"),
            ("XDG_CACHE_HOME", "compiled models are kept in camstream below it; by default ~/.cache"),
            ("https_proxy, no_proxy", "heeded when models are fetched"),
            ("NO_COLOR", "no colours on the terminal"),
        ])
    }
}
