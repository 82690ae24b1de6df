"""The browser's side of ``vimeo_player``."""

VIMEO_PLAYER = r"""
const PLAYER_SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

function VimeoPlayer({ src, captions, startAt, title, poster, words, onProgress, onEnded, onError }) {
  const media = useRef(null);
  const box = useRef(null);
  const live = useRef({});
  const place = useRef({ touched: false, started: false, told: -1, at: 0 });
  const sound = useRef({ playbackRate: 1, volume: 1 });
  const [Player, setPlayer] = useState(null);
  const [attempt, setAttempt] = useState(0);
  const [ready, setReady] = useState(false);
  const [problem, setProblem] = useState(false);
  const [said, setSaid] = useState("");

  const note = () => {
    const video = media.current;
    if (video && Number.isFinite(video.duration)) place.current.now = [video.currentTime, video.duration];
  };
  const tell = () => {
    note();
    if (!place.current.touched || !place.current.now) return;
    const [position, duration] = place.current.now.map((seconds) => Math.round(seconds * 10) / 10);
    if (position === place.current.told) return;
    place.current.told = position;
    place.current.at = Date.now();
    onProgress?.(position, duration);
  };
  const startThere = () => {
    const video = media.current;
    const from = place.current.told > 0 ? place.current.told : startAt;
    if (!video || place.current.started || !(from > 0) || !(video.duration > 0)) return;
    place.current.started = true;
    if (from < video.duration - 5) video.currentTime = from;
  };
  const loaded = () => {
    if (media.current?.tagName === "VIDEO" && poster) media.current.poster = poster;
    setReady(true);
    startThere();
  };
  const fail = () => {
    tell();
    setProblem(true);
    onError?.(words.failed);
  };
  const listenToVimeo = () => setTimeout(() => media.current?.api?.on?.("error", (error) => {
    if (!error?.method) live.current.fail();
  }), 0);
  const retry = () => {
    const position = place.current.told;
    place.current = { touched: false, started: false, told: position, at: 0 };
    setProblem(false);
    setReady(false);
    setAttempt(attempt + 1);
  };

  useEffect(() => { live.current = { tell, fail }; });
  useEffect(() => {
    if (!Player) import("react-player").then((it) => setPlayer(() => it.default), () => live.current.fail());
  }, [attempt]);
  useEffect(() => { if (!place.current.touched) startThere(); }, [startAt]);
  useEffect(() => { place.current = { touched: false, started: false, told: -1, at: 0 }; setProblem(false); }, [src]);
  useEffect(() => {
    const hidden = () => { if (document.visibilityState === "hidden") live.current.tell(); };
    const leave = () => live.current.tell();
    document.addEventListener("visibilitychange", hidden);
    window.addEventListener("pagehide", leave);
    return () => {
      document.removeEventListener("visibilitychange", hidden);
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, []);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(""), 1200);
    return () => clearTimeout(timer);
  }, [said]);

  const skip = (seconds) => {
    const video = media.current;
    video.currentTime = Math.min(Math.max(0, video.currentTime + seconds), video.duration || 0);
    setSaid((seconds > 0 ? "+" : "−") + Math.abs(seconds) + " s");
  };
  const speed = (step) => {
    const at = PLAYER_SPEEDS.indexOf(PLAYER_SPEEDS.findLast((rate) => rate <= media.current.playbackRate));
    const rate = PLAYER_SPEEDS[Math.min(Math.max(0, at + step), PLAYER_SPEEDS.length - 1)];
    sound.current.playbackRate = rate;
    media.current.playbackRate = rate;
    setSaid(rate + "×");
  };
  const caption = () => {
    const tracks = [...(media.current.textTracks ?? [])];
    const on = tracks.find((track) => track.mode === "showing");
    if (on) on.mode = "disabled";
    else if (tracks[0]) tracks[0].mode = "showing";
    setSaid(!tracks.length ? words.no_captions : on ? words.captions_off : words.captions_on);
  };
  const play = () => (media.current.paused ? media.current.play()?.catch?.(() => {}) : media.current.pause());
  const full = () => (document.fullscreenElement ? document.exitFullscreen() : media.current.requestFullscreen?.());
  const mute = () => { media.current.muted = !media.current.muted; };
  const keys = { " ": play, k: play, f: full, c: caption, m: mute, "<": () => speed(-1), ">": () => speed(1),
    ArrowLeft: () => skip(-5), ArrowRight: () => skip(5), j: () => skip(-10), l: () => skip(10) };
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "BUTTON") return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || !media.current) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  return (
    <div ref={box} role="region" aria-label={title} tabIndex={0} onKeyDownCapture={press}
      style={!ready && poster ? { backgroundImage: `url("${encodeURI(poster)}")` } : undefined}
      className="relative aspect-video w-full overflow-hidden bg-black bg-cover bg-center sm:rounded-card">
      {Player && src && !problem ? (
        <Player key={src + attempt} ref={media} src={src} controls playsInline preload="metadata" width="100%"
          height="100%" playbackRate={sound.current.playbackRate} volume={sound.current.volume}
          onLoadStart={listenToVimeo} onLoadedMetadata={loaded} onDurationChange={startThere}
          onRateChange={() => { sound.current.playbackRate = media.current?.playbackRate ?? 1; }}
          onVolumeChange={() => { sound.current.volume = media.current?.volume ?? 1; }}
          onPlay={() => { place.current.touched = true; place.current.started = true; }}
          onTimeUpdate={() => { note(); if (!media.current?.paused && Date.now() - place.current.at >= 5000) tell(); }}
          onPause={tell} onSeeked={tell} onEnded={() => { tell(); onEnded?.(); }} onError={fail}>
          {(captions ?? []).map((track) => (
            <track key={track.lang} kind="captions" src={track.src} srcLang={track.lang} label={track.label} />
          ))}
        </Player>
      ) : null}
      {problem ? (
        <div role="alert" className={"absolute inset-0 grid place-content-center justify-items-center gap-4 p-6 " +
          "text-center text-white"}>
          <p className="max-w-sm">{words.failed}</p>
          <button type="button" onClick={retry}
            className="h-11 rounded-control bg-white px-4 font-semibold text-black">{words.retry}</button>
        </div>
      ) : null}
      <span role="status" className={"pointer-events-none absolute top-4 left-1/2 -translate-x-1/2 rounded-full " +
        "bg-black/75 px-3 py-1 text-sm font-semibold text-white transition-opacity " +
        (said ? "opacity-100" : "opacity-0")}>{said}</span>
    </div>
  );
}
"""
