"""The emoji that this Slack knows by name; enough for a team's daily use."""

_NAMED = """
bulb 💡 +1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️
x ❌ eyes 👀 pray 🙏 tada 🎉 raised_hands 🙌 clap 👏 heart ❤️ blue_heart 💙 green_heart 💚 fire 🔥 rocket 🚀
100 💯 star ⭐ star2 🌟 sparkles ✨ zap ⚡ boom 💥 warning ⚠️ no_entry ⛔ no_entry_sign 🚫 question ❓
grey_question ❔ exclamation ❗ grey_exclamation ❕ bangbang ‼️ interrobang ⁉️ information_source ℹ️ ok 🆗
new 🆕 up 🆙 cool 🆒 free 🆓 sos 🆘 recycle ♻️ repeat 🔁 arrows_counterclockwise 🔄 hourglass ⌛
hourglass_flowing_sand ⏳ alarm_clock ⏰ stopwatch ⏱️ calendar 📆 date 📅 spiral_calendar_pad 🗓️ memo 📝
pencil 📝 pencil2 ✏️ book 📖 books 📚 bookmark 🔖 bookmark_tabs 📑 notebook 📓 ledger 📒 scroll 📜
page_facing_up 📄 page_with_curl 📃 newspaper 📰 clipboard 📋 pushpin 📌 round_pushpin 📍 paperclip 📎
link 🔗 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓 key 🔑 bell 🔔 no_bell 🔕 loudspeaker 📢 mega 📣
speech_balloon 💬 thought_balloon 💭 email 📧 envelope ✉️ inbox_tray 📥 outbox_tray 📤 package 📦
mailbox 📫 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 gear ⚙️ wrench 🔧
hammer 🔨 hammer_and_wrench 🛠️ nut_and_bolt 🔩 computer 💻 keyboard ⌨️ desktop_computer 🖥️ bug 🐛
ladybug 🐞 robot_face 🤖 brain 🧠 seedling 🌱 herb 🌿 evergreen_tree 🌲 deciduous_tree 🌳 sunflower 🌻
four_leaf_clover 🍀 sunny ☀️ cloud ☁️ umbrella ☔ snowflake ❄️ rainbow 🌈 ocean 🌊 earth_africa 🌍
earth_americas 🌎 earth_asia 🌏 compass 🧭 world_map 🗺️ anchor ⚓ ship 🚢 boat ⛵ airplane ✈️ car 🚗
train 🚋 bike 🚲 house 🏠 office 🏢 factory 🏭 coffee ☕ tea 🍵 beer 🍺 pizza 🍕 cake 🍰 birthday 🎂
cookie 🍪 apple 🍎 gift 🎁 balloon 🎈 trophy 🏆 medal 🏅 sports_medal 🏅 first_place_medal 🥇
soccer ⚽ dart 🎯 game_die 🎲 jigsaw 🧩 art 🎨 microphone 🎤 musical_note 🎵 camera 📷 movie_camera 🎥
telephone ☎️ phone ☎️ iphone 📱 battery 🔋 electric_plug 🔌 flashlight 🔦 candle 🕯️ moneybag 💰 dollar 💵
credit_card 💳 gem 💎 scales ⚖️ shield 🛡️ microscope 🔬 telescope 🔭 test_tube 🧪 pill 💊 thermometer 🌡️
bust_in_silhouette 👤 busts_in_silhouette 👥 raised_hand ✋ hand ✋ wave 👋 ok_hand 👌 point_up ☝️
point_down 👇 point_left 👈 point_right 👉 point_up_2 👆 muscle 💪 handshake 🤝 writing_hand ✍️ fist ✊
v ✌️ crossed_fingers 🤞 open_hands 👐 palms_up_together 🤲 smile 😄 smiley 😃 grinning 😀 grin 😁
joy 😂 rofl 🤣 slightly_smiling_face 🙂 upside_down_face 🙃 wink 😉 blush 😊 innocent 😇 heart_eyes 😍
thinking_face 🤔 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒 face_with_rolling_eyes 🙄
grimacing 😬 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 sob 😭 cry 😢 scream 😱 confused 😕 worried 😟
slightly_frowning_face 🙁 open_mouth 😮 astonished 😲 flushed 😳 sweat 😓 sweat_smile 😅 disappointed 😞
weary 😩 tired_face 😫 angry 😠 rage 😡 exploding_head 🤯 sunglasses 😎 nerd_face 🤓 face_with_monocle 🧐
zipper_mouth_face 🤐 hugging_face 🤗 shushing_face 🤫 saluting_face 🫡 facepalm 🤦 shrug 🤷 see_no_evil 🙈
hear_no_evil 🙉 speak_no_evil 🙊 ghost 👻 skull 💀 poop 💩 alien 👽 cat 🐱 dog 🐶 mouse 🐭 fox_face 🦊
bear 🐻 panda_face 🐼 owl 🦉 turtle 🐢 snail 🐌 octopus 🐙 unicorn_face 🦄 bee 🐝 butterfly 🦋
one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟 zero 0️⃣
red_circle 🔴 large_blue_circle 🔵 large_green_circle 🟢 large_yellow_circle 🟡 large_orange_circle 🟠
white_circle ⚪ black_circle ⚫ large_green_square 🟩 large_red_square 🟥 arrow_up ⬆️ arrow_down ⬇️
arrow_left ⬅️ arrow_right ➡️ arrow_forward ▶️ leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️
heavy_plus_sign ➕ heavy_minus_sign ➖ heavy_multiplication_x ✖️ checkered_flag 🏁 triangular_flag_on_post 🚩
white_flag 🏳️ construction 🚧 rotating_light 🚨 vertical_traffic_light 🚦 stop_sign 🛑 octagonal_sign 🛑
crystal_ball 🔮 magic_wand 🪄 broom 🧹 wastebasket 🗑️ label 🏷️ card_index 📇 card_index_dividers 🗂️
file_folder 📁 open_file_folder 📂 floppy_disk 💾 cd 💿 zzz 💤 dash 💨 droplet 💧 sweat_drops 💦
"""
_WORDS = _NAMED.split()

EMOJI: dict[str, str] = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))

OFTEN = ["bulb", "+1", "white_check_mark", "eyes", "pray", "tada", "heart", "x"]
"""What the page offers first."""
