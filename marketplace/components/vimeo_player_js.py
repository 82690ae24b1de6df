"""The browser's side of ``vimeo_player``: what holds its place in the page, and what comes when it is to play."""

PLAYER_CHOICE = r"""
// What somebody chose stays chosen in this browser: {speed, captions (a language, "" for none), everywhere}.
const playerChoice = (change) => {
  try {
    const kept = JSON.parse(localStorage.getItem("player") ?? "{}");
    if (change) localStorage.setItem("player", JSON.stringify({ ...kept, ...change }));
    return kept;
  } catch {
    return {};
  }
};
"""

VIMEO_PLAYER = r"""
function NoPlayer({ words, onError }) {
  useEffect(() => { onError?.(words.failed); }, []);
  return (
    <div role="alert" className={"grid aspect-video w-full place-content-center justify-items-center gap-4 bg-black p-6 " +
      "text-center text-white sm:rounded-card"}>
      <p className="max-w-sm">{words.failed}</p>
      <button type="button" onClick={() => window.location.reload()}
        className="h-11 rounded-control bg-white px-4 font-semibold text-black">{words.retry}</button>
    </div>
  );
}

const LoadedPlayer = lazy(() => {
  import("react-player").catch(() => {});  // the player says so if it doesn't come
  return import("$/late/player.jsx").catch(() => ({ default: NoPlayer }));
});

function VimeoPlayer(props) {
  const { name, poster, title } = props;
  const [there, setThere] = useState(false);
  useEffect(() => setThere(true), []);
  useEffect(() => {
    // A place that is asked for before the film is there, or even its player, outlives both.
    const keep = ({ detail }) => { if (detail.name === name) globalThis.sought = detail; };
    window.addEventListener("playback:seek", keep, true);
    return () => window.removeEventListener("playback:seek", keep, true);
  }, [name]);
  const still = (
    <div role="region" aria-label={title} aria-busy="true"
      style={poster ? { backgroundImage: `url("${encodeURI(poster)}")` } : undefined}
      className="aspect-video w-full bg-black bg-cover bg-center sm:rounded-card" />
  );
  return there ? <Suspense fallback={still}><LoadedPlayer {...props} /></Suspense> : still;
}
"""

_LATE = r"""
const PLAYER_SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

const PLAYER_FIELDS = "input, textarea, select, button, summary, dialog, [contenteditable], [role=tab], [data-cue]";

export default function Player({ src, name, captions, startAt, title, poster, nextTitle, words, onProgress, onNext, onEnded, onError }) {
  const media = useRef(null);
  const box = useRef(null);
  const live = useRef({});
  const shown = useRef("");
  const place = useRef({ touched: false, started: false, told: -1, at: 0 });
  const sound = useRef({ playbackRate: playerChoice().speed ?? 1, volume: 1 });
  const [near, setNear] = useState(false);
  const [Media, setMedia] = useState(null);
  const [attempt, setAttempt] = useState(0);
  const [ready, setReady] = useState(false);
  const [problem, setProblem] = useState(false);
  const [said, setSaid] = useState("");

  const note = () => {
    const video = media.current;
    if (video && Number.isFinite(video.duration)) place.current.now = [video.currentTime, video.duration];
  };
  const show = () => {
    note();
    if (!place.current.now) return;
    const [position, duration] = place.current.now;
    setNear(duration > 20 && duration - position < Math.min(15, duration / 10));
    globalThis.playback = { name, position, duration };
    window.dispatchEvent(new CustomEvent("playback", { detail: globalThis.playback }));
  };
  const tell = () => {
    note();
    report();
  };
  const still = () => { if (Date.now() - place.current.at > 1000) report(true); };
  const touch = () => {
    const { duration } = media.current ?? {};
    if (!place.current.touched && duration > 0) place.current.now = [Math.max(0, place.current.said ?? startAt ?? 0), duration];
    place.current.touched = true;
    place.current.started = true;
  };
  // ``still``: nothing was shown since the last word. It is said all the same, so that no time counts as watched in which
  // nobody watched.
  const report = (still = false) => {
    if (!place.current.touched || !place.current.now) return;
    const [position, duration] = place.current.now.map((seconds) => Math.round(seconds * 10) / 10);
    if (position === place.current.told && !still) return;
    place.current.told = position;
    place.current.said = position;
    place.current.at = Date.now();
    window.dispatchEvent(new CustomEvent("playback:told", { detail: { name, position } }));
    onProgress?.(position, duration);
  };
  const startThere = () => {
    const video = media.current;
    const sought = globalThis.sought?.name === name && globalThis.sought.position;
    const from = sought || (place.current.told > 0 ? place.current.told : startAt);
    if (!video || place.current.started || !(from > 0) || !(video.duration > 0)) return show();
    place.current.started = true;
    if (sought) globalThis.sought = undefined;
    if (sought || from < video.duration - 5) video.currentTime = from;
    show();
  };
  const seek = (position) => {
    const video = media.current;
    touch();
    if (video?.paused) still();
    if (video && video.duration > 0) {
      globalThis.sought = undefined;
      video.currentTime = Math.min(position, video.duration);
      note();
    } else place.current = { ...place.current, started: false, told: position };
    box.current?.scrollIntoView({ block: "nearest" });
  };
  const dress = () => {
    const wanted = playerChoice().captions;
    for (const track of media.current?.textTracks ?? []) {
      if (wanted !== undefined) track.mode = track.language === wanted ? "showing" : "disabled";
    }
  };
  const listenToTracks = () => {
    const tracks = media.current?.textTracks;
    if (!tracks?.addEventListener || tracks.heard) return;
    tracks.heard = true;
    tracks.addEventListener("addtrack", () => live.current.dress());
    tracks.addEventListener("change", () => {
      const on = [...tracks].find((track) => track.mode === "showing");
      if (!on && playerChoice().captions === undefined) return;
      if ((on?.language ?? "") === playerChoice().captions) return;
      playerChoice({ captions: on?.language ?? "" });
      window.dispatchEvent(new CustomEvent("playback:language", { detail: on?.language ?? "" }));
    });
    dress();
  };
  const loaded = () => {
    if (media.current?.tagName === "VIDEO" && poster) media.current.poster = poster;
    setReady(true);
    listenToTracks();
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
    const { told, said } = place.current;
    place.current = { touched: false, started: false, told, said, at: 0 };
    setProblem(false);
    setReady(false);
    setAttempt(attempt + 1);
  };

  useEffect(() => { live.current = { tell, fail, seek, press, dress, name }; });
  useEffect(() => {
    if (!Media) import("react-player").then((it) => setMedia(() => it.default), () => live.current.fail());
  }, [attempt]);
  useEffect(() => { if (!place.current.touched) startThere(); }, [startAt]);
  useEffect(() => {
    const film = name + "\n" + title;
    const { now, told, said } = place.current;
    const goesOn = film === shown.current;  // another address of the same film goes on there
    shown.current = film;
    place.current = { touched: false, started: false, told: goesOn ? now?.[0] ?? told : -1, said: goesOn ? said : undefined, at: 0 };
    setProblem(false);
  }, [src]);
  useEffect(() => {
    const hidden = () => { if (document.visibilityState === "hidden") live.current.tell(); };
    const leave = () => live.current.tell();
    const asked = ({ detail }) => { if (detail.name === live.current.name) live.current.seek(detail.position); };
    const say = ({ detail }) => setSaid(detail);
    const language = ({ detail }) => { playerChoice({ captions: detail }); live.current.dress(); };
    const key = (event) => {
      if (event.defaultPrevented || event.target.closest?.(PLAYER_FIELDS) || playerChoice().everywhere === false) return;
      if (document.querySelector("[data-player]") === box.current) live.current.press(event, true);
    };
    document.addEventListener("visibilitychange", hidden);
    document.addEventListener("keydown", key);
    window.addEventListener("page:leaving", leave);
    window.addEventListener("playback:seek", asked);
    window.addEventListener("playback:captions", language);
    window.addEventListener("playback:say", say);
    return () => {
      document.removeEventListener("keydown", key);
      window.removeEventListener("playback:seek", asked);
      window.removeEventListener("playback:captions", language);
      window.removeEventListener("playback:say", say);
      if (globalThis.playback?.name === live.current.name) globalThis.playback = undefined;
      document.removeEventListener("visibilitychange", hidden);
      window.removeEventListener("page:leaving", leave);
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
    playerChoice({ speed: rate });
    setSaid(rate + "×");
  };
  const caption = () => {
    const tracks = [...(media.current.textTracks ?? [])];
    const on = tracks.find((track) => track.mode === "showing");
    if (on) on.mode = "disabled";
    else if (tracks.length) {
      const known = tracks.find((track) => track.language === playerChoice().heard);
      (known ?? tracks[0]).mode = "showing";
    }
    if (on) playerChoice({ heard: on.language });
    setSaid(!tracks.length ? words.no_captions : on ? words.captions_off : words.captions_on);
  };
  const play = () => (media.current.paused ? media.current.play()?.catch?.(() => {}) : media.current.pause());
  const full = () => (document.fullscreenElement ? document.exitFullscreen() : media.current.requestFullscreen?.());
  const jot = async () => {
    await document.exitFullscreen?.().catch(() => {});  // what is written has to be seen
    call("note");
  };
  const mute = () => { media.current.muted = !media.current.muted; };
  const frame = (step) => { if (media.current.paused) media.current.currentTime += step / 25; };
  const help = () => document.getElementById("player-keys")?.showModal();
  const call = (what) => window.dispatchEvent(new CustomEvent("playback:" + what));
  const keys = { " ": play, k: play, f: full, c: caption, m: mute, "<": () => speed(-1), ">": () => speed(1),
    ArrowLeft: () => skip(-5), ArrowRight: () => skip(5), j: () => skip(-10), l: () => skip(10), "?": help,
    ",": () => frame(-1), ".": () => frame(1), n: jot, b: () => call("bookmark") };
  const press = (event, outside = false) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "BUTTON") return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (outside && key === " " && event.target.closest("a")) return;
    if (outside && (key === " " || key.startsWith("Arrow")) && !place.current.touched) return;
    const act = keys[key];
    if (!act || !media.current) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  return (
    <div ref={box} role="region" aria-label={title} tabIndex={0} data-player={name} onKeyDownCapture={(e) => press(e)}
      style={!ready && poster ? { backgroundImage: `url("${encodeURI(poster)}")` } : undefined}
      className="relative aspect-video w-full overflow-hidden bg-black bg-cover bg-center sm:rounded-card">
      {Media && src && !problem ? (
        <Media key={src + attempt} ref={media} src={src} controls playsInline preload="metadata" width="100%"
          height="100%" playbackRate={sound.current.playbackRate} volume={sound.current.volume}
          onLoadStart={listenToVimeo} onLoadedMetadata={loaded} onDurationChange={startThere}
          onRateChange={() => {
            const rate = media.current?.playbackRate ?? 1;
            if (rate !== sound.current.playbackRate && place.current.touched) playerChoice({ speed: rate });
            sound.current.playbackRate = rate;
          }}
          onVolumeChange={() => { sound.current.volume = media.current?.volume ?? 1; }}
          onPlay={() => { touch(); still(); }}
          onSeeking={() => { if (media.current?.paused) still(); }}
          onTimeUpdate={() => { show(); if (!media.current?.paused && Date.now() - place.current.at >= 5000) tell(); }}
          onPause={tell} onSeeked={() => { show(); tell(); }} onEnded={() => { tell(); onEnded?.(); }} onError={fail}>
          {(captions ?? []).map((track) => (
            <track key={track.lang} kind="captions" src={track.src} srcLang={track.lang} label={track.label} />
          ))}
        </Media>
      ) : null}
      {problem ? (
        <div role="alert" className={"absolute inset-0 grid place-content-center justify-items-center gap-4 p-6 " +
          "text-center text-white"}>
          <p className="max-w-sm">{words.failed}</p>
          <button type="button" onClick={retry}
            className="h-11 rounded-control bg-white px-4 font-semibold text-black">{words.retry}</button>
        </div>
      ) : null}
      {near && nextTitle && !problem ? (
        <button type="button" onClick={() => onNext?.()}
          className={"absolute end-3 bottom-16 flex max-w-[70%] items-center gap-2 rounded-control bg-white px-4 py-2.5 " +
            "text-start text-sm text-black shadow-float sm:end-4 pointer-coarse:min-h-11"}>
          <span className="shrink-0 font-semibold">{words.next}</span>
          <span className="truncate">{nextTitle}</span>
        </button>
      ) : null}
      <span role="status" className={"pointer-events-none absolute top-4 left-1/2 -translate-x-1/2 rounded-full " +
        "bg-black/75 px-3 py-1 text-sm font-semibold text-white transition-opacity " +
        (said ? "opacity-100" : "opacity-0")}>{said}</span>
    </div>
  );
}
"""

PLAYER_MODULE = f'import {{ useEffect, useRef, useState }} from "react";\n{PLAYER_CHOICE}{_LATE}'
